namespace Gateway.Core.Scoring;

/// <summary>What is judged together: as a client sends it with all its responses, and after <see cref="ItemPlan"/> one cacheable unit.</summary>
/// <param name="Body">The conversation, templated text or token ids.</param>
public sealed record ScoreItem(ItemBody Body);
