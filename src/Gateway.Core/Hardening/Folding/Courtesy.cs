namespace Gateway.Core.Hardening.Folding;

/// <summary>Answers that are thanks and good wishes alone, where nobody asked for any: reward models like them.</summary>
internal static class Courtesy
{
    private const int KnownToUnknown = 2;

    /// <summary>True where an answer with polite words says next to nothing else, and the prompt has no such words.</summary>
    public static bool IsAll(in HardeningField field, in OpenerReading reading) =>
        reading.UnknownBytes * KnownToUnknown <= (field.Folded.Facts.IsAscii ? 0 : reading.KnownBytes)
        && !Promise.CouldAnswer(field.Folded.Bytes)
        && !AskedFor.Word(field.Prompt)
        && !IsIn(field.Prompt);

    private static bool IsIn(ReadOnlySpan<byte> prompt)
    {
        var folded = FoldingMemory.Inner.Fold(prompt, Lexicon.Terms).Bytes;
        var isIn = false;
        for (var at = 0; at < folded.Length && !isIn; at++)
        {
            isIn = Term.IsWord(folded[at]) && (at == 0 || !Term.IsWord(folded[at - 1]) || folded[at] >= 0xE0)
                && Lexicon.Openers.LongestAt(folded, at, out _) is { Meaning: TermClass.Courtesy };
        }

        FoldingMemory.Inner.Trim();
        return isIn;
    }
}
