using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Finds the lexicon's terms in folded text in one pass. Of each chunk of text it first gathers where words begin, then of those the ones that begin
/// as some term does, both without a branch that could not be foretold; only those few are looked up. One thread's memory.
/// </summary>
internal sealed class TermScanner
{
    private const int Chunk = 32 * WordStarts.Block;
    private const int AtOnce = 8;

    private readonly byte[] _plain = new byte[Chunk + WordStarts.Block + TermBeginnings.Ahead];
    private readonly ushort[] _places = new ushort[Chunk + WordStarts.Block];

    /// <summary>Scans a folded text that is followed by <see cref="TextFolder.Padding"/> zeros.</summary>
    public int Scan(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits, ref TextFacts facts)
    {
        // Chinese, Japanese, Korean and Khmer are looked at from each character; scripts of E0 have spaces, save for Thai and Lao.
        var starts = new WordStarts(padded, length, facts.HasThaiOrLao ? (byte)0xE0 : (byte)0xE1, _plain);
        var count = 0;
        for (var chunk = 0; chunk < length; chunk += Chunk)
        {
            var words = Gather(ref starts, chunk, Math.Min(Chunk, length - chunk));
            foreach (var place in terms.Beginnings.Sift(_plain, _places.AsSpan(0, words)))
            {
                // The second byte of a character that may itself begin a term stands for it.
                var at = chunk + place;
                terms.AddAt(padded, length, IsSecond(padded, at) ? at - 1 : at, ref hits, ref count);
            }

            // The block behind is the next chunk's first.
            _plain.AsSpan(Chunk, WordStarts.Block).CopyTo(_plain);
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

    private static bool IsSecond(ReadOnlySpan<byte> folded, int at) => (folded[at] & 0xC0) == 0x80 && at > 0 && folded[at - 1] >= TermKey.FirstWide;

    // Where the words of a chunk begin; a few places more are written than there are words.
    private int Gather(ref WordStarts starts, int chunk, int length)
    {
        var words = 0;
        for (var block = 0; block < length; block += WordStarts.Block)
        {
            var begins = starts.At(chunk + block, _plain.AsSpan(block + WordStarts.Block));
            ref var to = ref MemoryMarshal.GetReference(_places.AsSpan(words, WordStarts.Block));
            words += BitOperations.PopCount(begins);
            for (; begins != 0; to = ref Unsafe.Add(ref to, AtOnce))
            {
                to = Take(ref begins, block);
                Unsafe.Add(ref to, 1) = Take(ref begins, block);
                Unsafe.Add(ref to, 2) = Take(ref begins, block);
                Unsafe.Add(ref to, 3) = Take(ref begins, block);
                Unsafe.Add(ref to, 4) = Take(ref begins, block);
                Unsafe.Add(ref to, 5) = Take(ref begins, block);
                Unsafe.Add(ref to, 6) = Take(ref begins, block);
                Unsafe.Add(ref to, 7) = Take(ref begins, block);
            }
        }

        return words;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Take(ref ulong begins, int block)
    {
        var place = (ushort)(block + BitOperations.TrailingZeroCount(begins));
        begins &= begins - 1;
        return place;
    }
}
