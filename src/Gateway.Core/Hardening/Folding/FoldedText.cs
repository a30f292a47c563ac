namespace Gateway.Core.Hardening.Folding;

/// <summary>A text folded for comparison, the terms of the lexicon in it, and what else one pass found out.</summary>
/// <param name="bytes">The folded UTF-8 bytes.</param>
/// <param name="terms">The lexicon's terms in it, in order.</param>
/// <param name="facts">What it holds.</param>
internal readonly ref struct FoldedText(ReadOnlySpan<byte> bytes, ReadOnlySpan<TermHit> terms, TextFacts facts)
{
    /// <summary>The folded UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The lexicon's terms in it, in order.</summary>
    public ReadOnlySpan<TermHit> Terms { get; } = terms;

    /// <summary>What it holds.</summary>
    public TextFacts Facts { get; } = facts;
}
