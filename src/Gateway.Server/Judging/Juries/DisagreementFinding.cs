using System.Globalization;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Core.Aggregation;

namespace Gateway.Server.Judging.Juries;

/// <summary>The finding that jurors disagree by more than their jury declares as alarming: unlike models are seldom fooled by the same text.</summary>
internal static class DisagreementFinding
{
    /// <summary>The rule's name in findings and metrics.</summary>
    public const string Rule = "jury-disagreement";

    /// <summary>One finding for each response of a unit that is alarming.</summary>
    public static IReadOnlyList<HardeningFinding> Of(IReadOnlyList<ScoreResult> results, JuryRule rule)
    {
        if (rule.Alarm is not { } alarm)
        {
            return [];
        }

        return [.. results.Index().Where(one => one.Item.Judgement?.Jury is { IsAlarm: true }).Select(one => new HardeningFinding(
            Rule,
            HardeningSeverity.Medium,
            FindingAction.Flagged,
            results.Count == 1 ? "response" : $"responses[{one.Index}]",
            At: 0,
            string.Create(CultureInfo.InvariantCulture, $"the jurors' z-scores have a standard deviation of {one.Item.Judgement!.Jury!.Disagreement:0.00}, beyond {alarm}")))];
    }
}
