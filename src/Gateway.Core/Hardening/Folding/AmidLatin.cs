using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// A letter or digit of any other script between two Latin letters of one word, "c০rrect": whatever the script, nobody writes so. Scripts without spaces
/// between words stand beside Latin ones, and Greek letters and signs of phonetic alphabets are read elsewhere.
/// </summary>
internal static class AmidLatin
{
    private const int MostCandidates = 64;

    // The first bytes of letters from Hebrew on; ideographs, kana and Hangul begin with others.
    private static readonly SearchValues<byte> Leads = SearchValues.Create([0xD4, 0xD5, 0xD6, 0xD7, 0xD8, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF, 0xE0, 0xE1, 0xE2, 0xEA, 0xF0]);

    private static readonly SearchValues<byte> Latin = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Where the first such word has its foreign letter; -1 where there is none among the first few letters of such scripts.</summary>
    public static int Find(ReadOnlySpan<byte> text, out int words)
    {
        var first = -1;
        words = 0;
        if (!text.ContainsAny(Latin))
        {
            return first;
        }

        var candidates = 0;
        for (var at = 0; candidates < MostCandidates && text[at..].IndexOfAny(Leads) is >= 0 and var next; candidates++)
        {
            at += next;
            if (at == 0 || !char.IsAsciiLetter((char)text[at - 1]))
            {
                at += text[at..].IndexOfAnyInRange((byte)0, (byte)0x7F) is >= 0 and var row ? row : text.Length - at;
                continue;
            }

            var start = at;
            at = AfterRow(text, at, out var letters);
            if (letters is 1 or 2 && at < text.Length && char.IsAsciiLetter((char)text[at]))
            {
                words++;
                first = first < 0 ? start : first;
            }
        }

        return first;
    }

    // Where a row of characters that are not ASCII ends, and how many letters of such scripts it has; 0 where it has anything else.
    private static int AfterRow(ReadOnlySpan<byte> text, int at, out int letters)
    {
        letters = 0;
        var isOdd = false;
        while (at < text.Length && text[at] >= 0x80)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var size);
            isOdd |= !IsLetter(rune);
            letters++;
            at += size;
        }

        letters = isOdd ? 0 : letters;
        return at;
    }

    private static bool IsLetter(Rune rune) => rune.Value is
        (>= 0x0531 and <= 0x0DFF) or (>= 0x10A0 and <= 0x10FF) or (>= 0x1200 and <= 0x177F) or (>= 0x1C50 and <= 0x1C7F) or (>= 0x2C00 and <= 0x2C5F) or (>= 0x2C80 and <= 0x2DDF) or (>= 0xA4D0 and <= 0xA6FF) or (>= 0xAB70 and <= 0xABBF)
            or (>= 0x10280 and <= 0x118FF) or (>= 0x16800 and <= 0x16FFF) or (>= 0x1E900 and <= 0x1E95F)
        && Rune.IsLetterOrDigit(rune);
}
