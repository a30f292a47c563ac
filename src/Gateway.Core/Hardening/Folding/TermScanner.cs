using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Finds the lexicon's terms in folded text in one pass. Of each block of text it first gathers, without a branch, the words whose beginning
/// some term shares; only those few are looked up.
/// </summary>
internal static class TermScanner
{
    /// <summary>Scans a folded text that is followed by <see cref="TextFolder.Padding"/> zeros.</summary>
    public static int Scan(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits, ref TextFacts facts)
    {
        // Chinese, Japanese, Korean and Khmer are looked at from each character; scripts of E0 have spaces, save for Thai and Lao.
        var starts = new WordStarts(padded, length, facts.HasThaiOrLao ? (byte)0xE0 : (byte)0xE1);
        Span<byte> places = stackalloc byte[WordStarts.Block];
        var (count, block) = (0, 0);
        for (; block < length; block += WordStarts.Block)
        {
            var words = starts.At(block);
            foreach (var place in places[..terms.Gather(padded[block..], words, places)])
            {
                // Twice, since no number is shifted by as many bits as it has.
                var behind = words >> place >> 1;
                var next = behind == 0 ? -1 : block + place + 1 + BitOperations.TrailingZeroCount(behind);
                terms.AddAt(padded, length, block + place, next, ref hits, ref count);
            }
        }

        starts.End(block - WordStarts.Block);
        (facts.SpacedAt, facts.LongWordAt, facts.HasLongGap) = (starts.SpacedAt, starts.LongWordAt, starts.HasLongGap);
        return count;
    }

    /// <summary>Finds the terms that begin at any byte, their spaces left out.</summary>
    public static int ScanRunTogether(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits)
    {
        var count = 0;
        for (var at = 0; at < length; at++)
        {
            terms.AddRunTogetherAt(padded, length, at, ref hits, ref count);
        }

        return count;
    }
}
