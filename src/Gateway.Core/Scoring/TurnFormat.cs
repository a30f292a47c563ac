namespace Gateway.Core.Scoring;

/// <summary>The text around one turn's content; <c>{role}</c> stands for the turn's role.</summary>
/// <param name="Before">Written before the content.</param>
/// <param name="After">Written after it; for the assistant these are the closing tokens.</param>
public sealed record TurnFormat(string Before, string After);
