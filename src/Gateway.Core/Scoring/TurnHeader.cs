namespace Gateway.Core.Scoring;

/// <summary>What a template writes before and after a turn of one role.</summary>
/// <param name="Role">The role.</param>
/// <param name="Before">The header; not empty.</param>
/// <param name="After">What closes a turn that another follows.</param>
internal sealed record TurnHeader(string Role, Utf8Text Before, Utf8Text After);
