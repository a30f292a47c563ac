namespace Gateway.Core.Scoring;

/// <summary>What is judged together: as a client sends it with all its responses, and after <see cref="ItemPlan"/> one cacheable unit.</summary>
/// <param name="Body">The conversation, templated text or token ids.</param>
/// <param name="Guidance">What a judge is told besides; null where that is nothing, always for scalar models.</param>
public sealed record ScoreItem(ItemBody Body, Guidance? Guidance = null)
{
    /// <summary>Bytes of text; what admission counts.</summary>
    public long Bytes => Body.Bytes + (Guidance?.Reference?.Length ?? 0);
}
