namespace Gateway.Client;

/// <summary>The answer of <c>POST /v1/criteria</c>.</summary>
/// <param name="Model">The judge.</param>
/// <param name="Revision">A digest of everything that can change its scores.</param>
/// <param name="Results">One per prompt, in the request's order.</param>
/// <param name="Usage">What it took.</param>
public sealed record CriteriaReply(string Model, string Revision, IReadOnlyList<PromptCriteria> Results, ScoreUsage Usage);

/// <summary>What responses to one prompt are judged by.</summary>
/// <param name="Id">The item's id, where it had one.</param>
/// <param name="Status"><c>ok</c> or <c>failed</c>.</param>
/// <param name="Criteria">The criteria, in the order in which they are asked; empty where it failed.</param>
/// <param name="Digest">SHA-256 of their text, which judged scores show as <c>criteria_digest</c>; null where none were generated.</param>
/// <param name="Generator">Who wrote them; null where nobody did.</param>
/// <param name="Cached">True where they were there, or another's call gave them.</param>
/// <param name="Fallback">What took the place of criteria that could not be generated; null where nothing had to.</param>
/// <param name="Error">Why it failed.</param>
public sealed record PromptCriteria(
    string? Id, string Status, IReadOnlyList<CriterionReply> Criteria, string? Digest, string? Generator, bool Cached, string? Fallback, ErrorReply? Error);
