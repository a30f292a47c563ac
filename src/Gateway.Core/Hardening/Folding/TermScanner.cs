using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.InteropServices;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Finds the lexicon's terms in folded text in one pass: sixteen bytes at a time it marks where words begin, and only there it looks for a
/// term. Scripts without spaces are looked at from each of their characters.
/// </summary>
internal static class TermScanner
{
    private const int LongWord = 20;
    private const int SpacedLetters = 4;

    /// <summary>Scans a folded text that is followed by <see cref="TextFolder.Padding"/> zeros.</summary>
    public static int Scan(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits, ref TextFacts facts)
    {
        facts.SpacedAt = facts.LongWordAt = -1;
        var (count, before, run) = (0, 0u, 0);
        var last = -LongWord;
        // Chinese, Japanese, Korean and Khmer are looked at from each character; scripts of E0 have spaces, save for Thai and Lao.
        var wideFrom = Vector128.Create(facts.HasThaiOrLao ? (byte)0xE0 : (byte)0xE1);
        for (var block = 0; block < length; block += Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(padded), (nuint)block);
            var words = WordBytes(bytes).ExtractMostSignificantBits();
            var wide = facts.IsAscii ? 0 : Vector128.GreaterThanOrEqual(bytes, wideFrom).ExtractMostSignificantBits();
            var starts = (words & ~((words << 1) | before)) | wide;
            before = words >> 15;
            while (starts != 0)
            {
                var at = block + BitOperations.TrailingZeroCount(starts);
                starts &= starts - 1;
                if (at - last >= LongWord && facts.LongWordAt < 0 && last >= 0 && IsAscii(padded, last))
                {
                    facts.LongWordAt = last;
                }

                run = at - last == 2 && padded[at] is >= (byte)'a' and <= (byte)'z' ? run + 1 : 0;
                if (run == SpacedLetters && facts.SpacedAt < 0)
                {
                    facts.SpacedAt = at - (2 * SpacedLetters);
                }

                last = at;
                terms.AddAt(padded, length, at, spaced: true, ref hits, ref count);
            }
        }

        if (facts.LongWordAt < 0 && last >= 0 && length - last >= LongWord && IsAscii(padded, last))
        {
            facts.LongWordAt = last;
        }

        return count;
    }

    /// <summary>Finds the terms that begin at any byte, their spaces left out.</summary>
    public static int ScanRunTogether(ReadOnlySpan<byte> padded, int length, LexiconTerms terms, ref TermHit[] hits)
    {
        var count = 0;
        for (var at = 0; at < length; at++)
        {
            terms.AddAt(padded, length, at, spaced: false, ref hits, ref count);
        }

        return count;
    }

    private static bool IsAscii(ReadOnlySpan<byte> padded, int word) => (padded[word] | padded[word + 7] | padded[word + 14]) < 0x80;

    private static Vector128<byte> WordBytes(Vector128<byte> bytes)
    {
        var letters = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'a'), Vector128.Create((byte)25));
        var digits = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)'0'), Vector128.Create((byte)9));
        return letters | digits | Vector128.GreaterThanOrEqual(bytes, Vector128.Create((byte)0x80));
    }
}
