namespace Gateway.Core.Scoring;

/// <summary>What every client dialect turns into.</summary>
/// <param name="Model">The registry entry to ask, by name or alias.</param>
/// <param name="Items">What to judge, in the client's order.</param>
/// <param name="Options">How to judge it.</param>
public sealed record ScoreRequest(string Model, IReadOnlyList<ScoreItem> Items, ScoreOptions Options);
