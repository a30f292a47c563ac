using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>How the responses of one request are held against control answers.</summary>
/// <param name="Entry">The model.</param>
/// <param name="Actions">What is done about a response that does no better, and about one that could not be checked.</param>
/// <param name="Floor">The score of a floored response; null makes floors flags.</param>
internal sealed record ControlPlan(ModelEntry Entry, RuleActions Actions, double? Floor)
{
    /// <summary>The controls.</summary>
    public ControlSet Set { get; } = Entry.Controls.Set;

    /// <summary>What a score of an item with this guidance has to clear.</summary>
    public ControlBar BarFor(Guidance? guidance) =>
        ControlBar.Of(Entry.Model.RangeOf(guidance), Entry.Controls.Margin, Entry.Controls.Bottom)
        ?? throw new InvalidOperationException("A model has a scale for some items and none for others. This is a bug.");

    /// <summary>What is done at a severity; null where nothing is said. What was not checked is refused where it would be floored: no failure is a number.</summary>
    public FindingAction? ActionAt(HardeningSeverity severity) => Actions.At(severity) switch
    {
        HardeningAction.Off => null,
        HardeningAction.Observe => FindingAction.Observed,
        HardeningAction.Reject => FindingAction.Rejected,
        HardeningAction.Floor when severity != HardeningSeverity.High => FindingAction.Rejected,
        HardeningAction.Floor when Floor is not null => FindingAction.Floored,
        _ => FindingAction.Flagged,
    };
}
