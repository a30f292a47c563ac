namespace Gateway.Core.Hardening;

/// <summary>What a rule found in an item's text, and what was done about it.</summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Severity">How grave it is.</param>
/// <param name="Action">What was done.</param>
/// <param name="Field">Where: <c>response</c>, <c>messages[2]</c> or <c>text</c>.</param>
/// <param name="At">Byte offset in that field.</param>
/// <param name="Detail">What it is, in a few words; never judged text beyond the matched token.</param>
public sealed record HardeningFinding(string Rule, HardeningSeverity Severity, FindingAction Action, string Field, int At, string Detail);

/// <summary>What was done about a finding.</summary>
public enum FindingAction
{
    /// <summary>Only reported; it cannot reach the model as more than text.</summary>
    Observed,

    /// <summary>Reported as a likely attack; the score stands.</summary>
    Flagged,

    /// <summary>Made harmless: the model reads it as plain text.</summary>
    Neutralised,

    /// <summary>The declared floor was given in place of a score.</summary>
    Floored,

    /// <summary>The item was refused.</summary>
    Rejected,
}
