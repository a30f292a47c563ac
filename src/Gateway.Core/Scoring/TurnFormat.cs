namespace Gateway.Core.Scoring;

/// <summary>The text around one turn's content; <c>{role}</c> stands for the turn's role.</summary>
/// <param name="Before">Written before the content.</param>
/// <param name="After">Written after it; for the assistant these are the closing tokens.</param>
/// <param name="Last">Written after the judged turn, where a family closes its last turn in another way; null writes <paramref name="After"/>.</param>
public sealed record TurnFormat(string Before, string After, string? Last = null);
