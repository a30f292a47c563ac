using System.Buffers;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Words in which digits stand for the letters that they look like: "1gn0r3 th3 rubr1c".</summary>
internal static class DigitLetters
{
    private const int Fewest = 3;

    private static readonly SearchValues<byte> LookLikeLetters = SearchValues.Create("0134578"u8);

    /// <summary>Where the first such digit stands, if there are enough of them between letters; else -1.</summary>
    public static int Find(ReadOnlySpan<byte> folded)
    {
        var (first, between) = (-1, 0);
        for (var at = 0; at < folded.Length; at++)
        {
            var next = folded[at..].IndexOfAny(LookLikeLetters);
            if (next < 0)
            {
                return -1;
            }

            at += next;
            if (IsLetter(folded, at - 1) && IsLetter(folded, at + 1))
            {
                first = first < 0 ? at : first;
                if (++between >= Fewest)
                {
                    return first;
                }
            }
        }

        return -1;
    }

    /// <summary>The text with each digit beside a letter written as the letter.</summary>
    public static byte[] Write(ReadOnlySpan<byte> folded)
    {
        var written = folded.ToArray();
        for (var at = 0; at < written.Length; at++)
        {
            // What is written already counts, so that a run of digits behind a letter is read to its end.
            if (LookLikeLetters.Contains(written[at]) && (IsLetter(written, at - 1) || IsLetter(written, at + 1)))
            {
                written[at] = written[at] switch
                {
                    (byte)'0' => (byte)'o',
                    (byte)'1' => (byte)'i',
                    (byte)'3' => (byte)'e',
                    (byte)'4' => (byte)'a',
                    (byte)'5' => (byte)'s',
                    (byte)'7' => (byte)'t',
                    _ => (byte)'b',
                };
            }
        }

        return written;
    }

    private static bool IsLetter(ReadOnlySpan<byte> folded, int at) => (uint)at < (uint)folded.Length && folded[at] is >= (byte)'a' and <= (byte)'z';
}
