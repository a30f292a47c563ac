namespace Gateway.Core.Hardening.Folding;

/// <summary>A text folded for comparison, the terms of the lexicon in it, and what else one pass found out.</summary>
/// <param name="bytes">The folded UTF-8 bytes.</param>
/// <param name="terms">The lexicon's terms in it, in order.</param>
/// <param name="facts">What it holds.</param>
/// <param name="surroundings">What is asked about places in it.</param>
internal readonly ref struct FoldedText(ReadOnlySpan<byte> bytes, ReadOnlySpan<TermHit> terms, TextFacts facts, Surroundings surroundings)
{
    /// <summary>The folded UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    /// <summary>The lexicon's terms in it, in order.</summary>
    public ReadOnlySpan<TermHit> Terms { get; } = terms;

    /// <summary>What it holds.</summary>
    public TextFacts Facts { get; } = facts;

    /// <summary>What is asked about places in it; null where nothing was folded.</summary>
    public Surroundings? Surroundings { get; } = surroundings;
}
