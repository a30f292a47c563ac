namespace Gateway.Core.Judging.Verdicts;

/// <summary>What a format reads a verdict from.</summary>
/// <param name="Text">What <see cref="VerdictText.Of"/> gave.</param>
public sealed record VerdictSource(string Text)
{
    /// <summary>The texts that were judged: what is quoted from one of them is not the judge's.</summary>
    public IReadOnlyList<string> Judged { get; init; } = [];

    /// <summary>The ids under which the judge saw the responses, in their order; only for formats that name them.</summary>
    public IReadOnlyList<string> Ids { get; init; } = [];
}
