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
/// <param name="Criteria">The criteria, in the order in which they are asked; empty where there are none.</param>
/// <param name="Scale">The scale, generated or the item's own; null where that is left to the judge's style.</param>
/// <param name="Context">What the prompt leaves open, each with the answer that responses are judged with; empty where nothing is, or the judge does not ask back.</param>
/// <param name="Digest">SHA-256 of the generated text, which judged scores show as <c>criteria_digest</c>; null where none was generated.</param>
/// <param name="Generator">Who wrote it; null where nobody did.</param>
/// <param name="Cached">True where it was there, or another's call gave it.</param>
/// <param name="Fallback">What took the place of what could not be generated; null where nothing had to.</param>
/// <param name="Error">Why it failed.</param>
public sealed record PromptCriteria(
    string? Id,
    string Status,
    IReadOnlyList<CriterionReply> Criteria,
    ScaleReply? Scale,
    IReadOnlyList<ContextReply> Context,
    string? Digest,
    string? Generator,
    bool Cached,
    string? Fallback,
    ErrorReply? Error);

/// <summary>Something that a prompt leaves open.</summary>
/// <param name="Question">What whoever asked is asked back.</param>
/// <param name="Answer">The one of its plausible answers that was drawn.</param>
public sealed record ContextReply(string Question, string Answer);
