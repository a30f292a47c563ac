using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>How a judge is shown what it judges; the same for all its items.</summary>
/// <param name="Form">In which form untrusted text enters a prompt.</param>
/// <param name="Breaker">Breaks control tokens in whatever is put into a prompt.</param>
/// <param name="Principle">What to value where an item does not say; null for nothing in particular.</param>
/// <param name="Rubric">The rubric to go by where neither the item nor its principle has one; null for none.</param>
/// <param name="Reasoning">Whether the reasoning part of a response is judged.</param>
public sealed record CaseSettings(UntrustedForm Form, TokenBreaker Breaker, Principle? Principle = null, Rubric? Rubric = null, Reasoning Reasoning = Reasoning.Keep)
{
    /// <summary>The rubric that an item with this guidance is judged by; null where there is none.</summary>
    public Rubric? RubricOf(Guidance? guidance) => guidance?.Rubric ?? guidance?.Principle?.Rubric ?? Rubric ?? Principle?.Rubric;
}
