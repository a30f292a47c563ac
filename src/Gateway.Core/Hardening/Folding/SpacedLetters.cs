namespace Gateway.Core.Hardening.Folding;

/// <summary>Letters that stand apart, "i g n o r e" or "i.g.n.o.r.e", put together again.</summary>
internal static class SpacedLetters
{
    /// <summary>The text with what stands between single letters left out, and the terms in it; valid until the next fold in inner memory.</summary>
    public static FoldedText Join(ReadOnlySpan<byte> folded, LexiconTerms terms) => FoldingMemory.Inner.Join(folded, terms);

    /// <summary>Writes the joined text; returns its length, never greater than the text's. A wider gap stays a space.</summary>
    public static int Join(ReadOnlySpan<byte> folded, Span<byte> joined)
    {
        var written = 0;
        for (var at = 0; at < folded.Length; at++)
        {
            var between = !Term.IsWord(folded[at]) && folded[at] != '\n'
                && at > 0 && at + 1 < folded.Length && IsSingle(folded, at - 1) && IsSingle(folded, at + 1);
            if (!between)
            {
                joined[written++] = folded[at];
            }
        }

        return written;
    }

    private static bool IsSingle(ReadOnlySpan<byte> folded, int at) =>
        folded[at] is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9')
        && (at == 0 || !Term.IsWord(folded[at - 1]))
        && (at + 1 >= folded.Length || !Term.IsWord(folded[at + 1]));
}
