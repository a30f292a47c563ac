using Gateway.Core.Rubrics;

namespace Gateway.Core.Scoring;

/// <summary>What a judge is told besides prompt and responses. It is trusted: it comes from whoever runs the evaluation.</summary>
/// <param name="Reference">An answer known to be right; null where there is none.</param>
/// <param name="Principle">What to value; null leaves it to the judge.</param>
/// <param name="Rubric">The scale and criteria to go by; null leaves them to the principle or the judge.</param>
/// <param name="GeneratesCriteria">True where criteria are generated from the prompt before any response is seen.</param>
public sealed record Guidance(Utf8Text? Reference, Principle? Principle, Rubric? Rubric, bool GeneratesCriteria)
{
    /// <summary>What it has.</summary>
    public GuidanceFields Fields =>
        (Reference is null ? GuidanceFields.None : GuidanceFields.Reference)
        | (Principle is null ? GuidanceFields.None : GuidanceFields.Principle)
        | (Rubric is null ? GuidanceFields.None : GuidanceFields.Rubric)
        | (GeneratesCriteria ? GuidanceFields.GeneratedCriteria : GuidanceFields.None);

    /// <summary>The same in memory of its own.</summary>
    internal Guidance ToOwned() => this with { Reference = Reference?.ToOwned() };
}

/// <summary>What a model can be told besides prompt and responses.</summary>
[Flags]
public enum GuidanceFields
{
    /// <summary>Nothing: it scores a response to a prompt.</summary>
    None = 0,

    /// <summary>An answer known to be right.</summary>
    Reference = 1,

    /// <summary>What to value.</summary>
    Principle = 2,

    /// <summary>A scale and criteria.</summary>
    Rubric = 4,

    /// <summary>Criteria generated from the prompt.</summary>
    GeneratedCriteria = 8,
}
