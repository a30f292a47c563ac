using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>What a text is, apart from its words, as features: the classes of its terms and what it looks like.</summary>
internal static class LearnedSigns
{
    private const uint Prime = 0x01000193;
    private const uint OfTerms = 31;
    private const uint OfLooks = 32;
    private const uint Class = 20 << 16;
    private const uint Pair = 21 << 16;
    private const uint Opener = 22 << 16;
    private const uint OpenerPair = 23 << 16;
    private const uint Known = 24 << 16;
    private const uint Words = 100;
    private const uint Last = 200;
    private const uint Digits = 500;
    private const uint Lines = 510;
    private const uint Sign = 520;
    private const uint Ellipsis = Sign + 12;
    private const int Enough = 3;

    private static ReadOnlySpan<byte> Signs => "[{<\"=$?!:(`|"u8;

    private static ReadOnlySpan<byte> MoreSigns => "#*"u8;

    /// <summary>Adds the classes of terms, and each two of them.</summary>
    /// <param name="classes">A bit for each class.</param>
    /// <param name="sum">Where they are added.</param>
    public static void AddTerms(uint classes, ref LearnedSum sum) => AddClasses(classes, 0, Class, Pair, ref sum);

    /// <summary>Adds what a short text looks like, and how far it is made of openers of answers.</summary>
    public static void AddLooks(ReadOnlySpan<byte> folded, ref LearnedSum sum)
    {
        var end = folded.TrimEnd(" \r\n\t*_\""u8);
        var last = end.IsEmpty || end[^1] >= 0x80 || char.IsAsciiLetterOrDigit((char)end[^1]) ? 0 : end[^1];
        AddOpeners(folded, ref sum, out var words);
        AddLook((uint)BitLength(folded.Length), ref sum);
        AddLook(Words + (uint)BitLength(words), ref sum);
        AddLook(Last + (uint)last, ref sum);
        AddLook(Digits + (uint)Math.Min(Enough, CountDigits(folded)), ref sum);
        AddLook(Lines + (uint)Math.Min(Enough, folded.Count((byte)'\n')), ref sum);
        AddSigns(folded, Signs, Sign, ref sum);
        AddSigns(folded, MoreSigns, Ellipsis + 1, ref sum);
        if (folded.IndexOf("..."u8) >= 0)
        {
            AddLook(Ellipsis, ref sum);
        }
    }

    private static void AddOpeners(ReadOnlySpan<byte> folded, ref LearnedSum sum, out int words)
    {
        var (classes, known, bytes, wasWord) = (0u, 0, 0, false);
        words = 0;
        foreach (var one in folded)
        {
            var isWord = Term.IsWord(one);
            bytes += isWord ? 1 : 0;
            words += isWord && !wasWord ? 1 : 0;
            wasWord = isWord;
        }

        for (var at = 0; at < folded.Length;)
        {
            if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (Lexicon.Openers.LongestAt(folded, at, out var end) is { } term)
            {
                classes |= 1u << (term.Meaning - TermClass.Opener);
                known += end - at;
                at = end;
            }
            else
            {
                at = Promise.WordEnd(folded, at);
            }
        }

        AddClasses(classes, (uint)TermClass.Opener, Opener, OpenerPair, ref sum);
        AddTerm(Known | (uint)Math.Min(9, 10 * known / Math.Max(1, bytes)), ref sum);
    }

    private static void AddClasses(uint classes, uint first, uint one, uint two, ref LearnedSum sum)
    {
        for (; classes != 0; classes &= classes - 1)
        {
            var meaning = first + (uint)BitOperations.TrailingZeroCount(classes);
            AddTerm(one | meaning, ref sum);
            for (var others = classes & (classes - 1); others != 0; others &= others - 1)
            {
                AddTerm(two | (meaning << 8) | (first + (uint)BitOperations.TrailingZeroCount(others)), ref sum);
            }
        }
    }

    private static void AddSigns(ReadOnlySpan<byte> folded, ReadOnlySpan<byte> signs, uint first, ref LearnedSum sum)
    {
        for (var i = 0; i < signs.Length; i++)
        {
            if (folded.Contains(signs[i]))
            {
                AddLook(first + (uint)i, ref sum);
            }
        }
    }

    private static int CountDigits(ReadOnlySpan<byte> folded)
    {
        var digits = 0;
        foreach (var one in folded)
        {
            digits += char.IsAsciiDigit((char)one) ? 1 : 0;
        }

        return digits;
    }

    private static int BitLength(int value) => 32 - BitOperations.LeadingZeroCount((uint)value);

    private static void AddTerm(uint feature, ref LearnedSum sum) => sum.Add(feature * Prime, OfTerms);

    private static void AddLook(uint feature, ref LearnedSum sum) => sum.Add(feature * Prime, OfLooks);
}
