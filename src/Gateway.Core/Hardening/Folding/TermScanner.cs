using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Finds the lexicon's terms in folded text in one pass. Of each chunk of text it first gathers the words whose first bytes some term shares, of
/// those the ones whose key some term shares, both without a branch; only those few are looked up.
/// </summary>
internal static class TermScanner
{
    private const int Chunk = 32 * WordStarts.Block;

    /// <summary>Scans a folded text that is followed by <see cref="TextFolder.Padding"/> zeros.</summary>
    public static int Scan(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits, ref TextFacts facts)
    {
        // Chinese, Japanese, Korean and Khmer are looked at from each character; scripts of E0 have spaces, save for Thai and Lao.
        var starts = new WordStarts(padded, length, facts.HasThaiOrLao ? (byte)0xE0 : (byte)0xE1);
        Span<ushort> places = stackalloc ushort[Chunk];
        Span<ulong> letters = stackalloc ulong[(Chunk / WordStarts.Block) + 1];
        var count = 0;
        for (var chunk = 0; chunk < length; chunk += Chunk)
        {
            var begun = 0;
            for (var block = 0; block < Chunk && chunk + block < length; block += WordStarts.Block)
            {
                begun += terms.Begun(padded[(chunk + block)..], starts.At(chunk + block), (ushort)block, places[begun..]);
                (letters[block / WordStarts.Block], letters[(block / WordStarts.Block) + 1]) = (starts.Letters, starts.LettersBehind);
            }

            var words = new WordKeys(padded[chunk..], MemoryMarshal.AsBytes(letters));
            foreach (var place in places[..terms.Sift(words, places[..begun])])
            {
                terms.AddAt(padded[..length], chunk + place, words.At(place, out var behind), behind, ref hits, ref count);
            }
        }

        (facts.SpacedAt, facts.LongWordAt, facts.HasLongGap, facts.HasPairs) = (starts.SpacedAt, starts.LongWordAt, starts.HasLongGap, starts.HasPairs);
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
