using System.Globalization;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Scoring;

/// <summary>
/// Holds responses against control answers, which the same model judges on the same prompt, on the same way as any response and under keys like
/// any other. What comes of it is decided after the stored score, so it changes none.
/// </summary>
internal sealed class ControlStep(HardeningPolicies policies, HardeningStep hardening, UnitScoring scoring, ControlMetrics metrics)
{
    private const int LongestShown = 40;

    private static readonly ScoreResult Rejected = ScoreResult.Failed(
        ErrorKind.Rejected, "The hardening policy refuses this response, since an answer known to be bad does as well; its findings say more.");

    /// <summary>How a request's responses are held against controls; null where they are not.</summary>
    /// <exception cref="GatewayException">The request may not turn them off, or there is nothing to do with them at this model.</exception>
    public ControlPlan? For(ModelEntry entry, ScoreOptions options, double? floor)
    {
        var own = entry.Controls.Enabled;
        if (options.Controls == false && own && !policies.MayRelax(options))
        {
            throw new GatewayException(
                ErrorKind.Forbidden, $"options.controls: {entry.Model.Name} holds responses against control answers; leave it out, or set {HardeningOptions.Section}:AllowRelax.");
        }

        if (entry.Model is JuryRewardModel)
        {
            return options.Controls != true ? null : throw new GatewayException(
                ErrorKind.InvalidRequest,
                $"options.controls: {entry.Model.Name} is a jury, whose jurors hold responses against control answers by their own settings; leave it out, and set Controls:Enabled of its jurors.");
        }

        var actions = policies.ActionsFor(entry.Model.Name, options, ControlAnswersRule.Instance);
        if (!(options.Controls ?? own))
        {
            return null;
        }

        if (actions is { Medium: HardeningAction.Off, High: HardeningAction.Off })
        {
            return options.Controls is null
                ? null
                : throw new GatewayException(ErrorKind.InvalidRequest, "options.controls: the policy does nothing about control answers; ask for another 'hardening', or leave it out.");
        }

        return ControlBar.Of(entry.Model.RangeOf(null), entry.Controls.Margin, entry.Controls.Bottom) is null
            ? throw new GatewayException(
                ErrorKind.InvalidRequest, $"options.controls: the scores of {entry.Model.Name} have no scale, so set {GatewayOptions.Section}:Models:{entry.Model.Name}:Controls:Margin.")
            : new ControlPlan(entry, actions, floor);
    }

    /// <summary>Scores the controls. Trouble with them is theirs: the responses keep their scores.</summary>
    public async Task<ControlScores> ScoreAsync(ControlPlan plan, IReadOnlyList<ScoreItem> items, ScoreOptions options, CancellationToken aborted)
    {
        var units = new ControlUnits(plan.Entry, plan.Set, items);
        if (units.Units.Count == 0)
        {
            return new ControlScores(plan, items, units, null, null);
        }

        ControlScores scores;
        try
        {
            // Nothing may floor or refuse them before they are judged: they are meant to be bad.
            var folded = await scoring.LookUpAsync(plan.Entry, policies.Observing(plan.Entry.Model.Name), units.Units, options, aborted);
            await scoring.ScoreMissingAsync(folded, options, aborted);
            scores = new ControlScores(plan, items, units, folded, null);
        }
        catch (GatewayException fault)
        {
            scores = new ControlScores(plan, items, units, null, new Failure(fault.Kind, fault.Message) { RetryAfter = fault.RetryAfter });
        }

        metrics.Scored(plan.Entry.Model.Name, scores.Totals);
        return scores;
    }

    /// <summary>The request with every score held against its controls.</summary>
    public ScoredRequest Check(ScoredRequest scored, ControlScores controls)
    {
        var given = new GivenScores();
        return scored with
        {
            Items =
            [
                .. scored.Items.Select((responses, item) =>
                    responses.Select((response, i) => Check(response, controls.Check(item, i, response.Result), controls.Plan, given)).ToArray()),
            ],
            Controls = controls.Totals,
        };
    }

    private ScoredResponse Check(ScoredResponse response, ControlCheck? check, ControlPlan plan, GivenScores given)
    {
        if (check is null || response.IsFloored)
        {
            return response;
        }

        metrics.Checked(plan.Entry.Model.Name, check.Outcome);
        var held = response with { Check = check };
        return check.Outcome switch
        {
            // A response is not named where nothing is known against it.
            ControlOutcome.NotCleared => Act(held, plan, new Found(HardeningSeverity.High, "response", Why(check)), given),
            ControlOutcome.Unchecked => Act(held, plan, new Found(HardeningSeverity.Medium, "score", Missing(check)), given),
            _ => held,
        };
    }

    private ScoredResponse Act(ScoredResponse held, ControlPlan plan, Found found, GivenScores given)
    {
        if (plan.ActionAt(found.Severity) is not { } action)
        {
            return held;
        }

        var finding = new HardeningFinding(ControlAnswersRule.Instance.Name, found.Severity, action, found.Field, 0, found.Detail);
        hardening.Count(plan.Entry.Model, [finding]);
        var own = held.Result.Score!;
        return held with
        {
            Findings = [.. held.Findings, finding],
            Raw = action >= FindingAction.Floored ? own.Value : null,
            Result = action switch
            {
                FindingAction.Floored => given.InPlaceOf(own, plan.Floor!.Value),
                FindingAction.Rejected => found.Severity == HardeningSeverity.High ? Rejected : Unchecked(held.Check!),
                _ => held.Result,
            },
        };
    }

    private static ScoreResult Unchecked(ControlCheck check)
    {
        var failure = check.Answers.Select(answer => answer.Result.Failure).FirstOrDefault(failure => failure is not null);
        return failure is null
            ? ScoreResult.Failed(ErrorKind.Rejected, "The hardening policy lets nothing pass unchecked, and no control answer has a score here.")
            : failure with { Message = $"The hardening policy lets nothing pass unchecked, and a control answer has no score: {failure.Message}" };
    }

    private static string Why(ControlCheck check)
    {
        var best = check.Answers.Where(answer => answer.Result.IsScore).MaxBy(answer => answer.Result.Score!.Value);
        return best.Result is null
            ? "the judge cannot decide between it and an answer known to be bad"
            : string.Create(CultureInfo.InvariantCulture, $"no better than the control '{Shown(best.Answer)}', which got {best.Result.Score!.Value:0.####}");
    }

    private static string Missing(ControlCheck check)
    {
        var missing = check.Answers.Where(answer => !answer.Result.IsScore).ToArray();
        return missing.Length == 0
            ? "unchecked: there is no control answer for this item"
            : $"unchecked: {missing.Length} of {check.Answers.Count} control answers have no score ({missing[0].Result.Failure?.Kind.Traits().Name ?? "undecided"})";
    }

    private static string Shown(string answer) => answer.Length <= LongestShown ? answer : string.Concat(answer.AsSpan(0, LongestShown), "…");

    private readonly record struct Found(HardeningSeverity Severity, string Field, string Detail);
}
