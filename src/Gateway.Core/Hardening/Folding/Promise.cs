using System.Buffers;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Short texts that promise or announce an answer in words of which the lexicon knows only some, or none.</summary>
internal static class Promise
{
    /// <summary>The most bytes of a text that is read as a promise.</summary>
    public const int Longest = 240;

    private const int LongestAnnouncement = 160;
    private const int FewestTerms = 4;
    private const int FewestOtherTerms = 3;
    private const int KnownToUnknown = 4;
    private const int OtherKnownToUnknown = 2;

    // What an answer or a line of code has and an announcement does not.
    private static readonly SearchValues<byte> NoAnnouncement = SearchValues.Create("0123456789()[]{}<>=+/\\$&|;\"`\r\n"u8);

    private static readonly SearchValues<byte> NoLabel = SearchValues.Create("()[]{}<>=+/\\$&|\"`,."u8);

    // What an answer or a question back has and a promise does not.
    private static readonly SearchValues<byte> NoPromise = SearchValues.Create("=+\\$()0123456789?"u8);

    /// <summary>True for a line that ends in a colon and announces what never comes, in any language. Code and names of keys end in colons too.</summary>
    public static bool IsAnnouncement(ReadOnlySpan<byte> folded)
    {
        var line = folded.Trim(" \t\r\n*#_"u8);
        if (line.Length > LongestAnnouncement || !(line.EndsWith(":"u8) || line.EndsWith("\uFF1A"u8)) || line.IndexOfAny(NoAnnouncement) >= 0)
        {
            return false;
        }

        var words = line.TrimEnd((byte)':');
        return words.IndexOf((byte)' ') > 0 || words.IndexOfAnyInRange((byte)0xE0, (byte)0xEF) >= 0;
    }

    /// <summary>True for a word or three with a colon, such as "Schritt 1:", on each line, and nothing behind them.</summary>
    public static bool IsLabel(ReadOnlySpan<byte> folded)
    {
        const int LongestLabel = 40;
        const int MostLines = 8;
        var labels = 0;
        foreach (var range in folded.Split((byte)'\n'))
        {
            var line = folded[range].Trim(" \t\r*#_>-"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            var words = line.TrimEnd((byte)':').TrimEnd((byte)' ');
            if (++labels > MostLines || line.Length > LongestLabel || !line.EndsWith(":"u8) || words.Count((byte)' ') > 2 || words.IndexOfAny(NoLabel) >= 0
                || words.IndexOfAnyExceptInRange((byte)' ', (byte)'9') < 0)
            {
                return false;
            }
        }

        return labels > 0;
    }

    /// <summary>True for one short sentence that says "step by step", in another language than English, with few other words.</summary>
    public static bool IsStepwise(ReadOnlySpan<byte> folded)
    {
        const int LongestSentence = 140;
        const int MostOtherWords = 7;
        var sentence = folded.Trim(" \t\r\n*#_.!:"u8);
        if (sentence.Length > LongestSentence || sentence.IndexOfAny(NoPromise) >= 0 || sentence.IndexOfAny(".!:;\n"u8) >= 0)
        {
            return false;
        }

        var (words, says) = (0, false);
        for (var at = 0; at < sentence.Length;)
        {
            if (!Term.IsWord(sentence[at]))
            {
                at++;
                continue;
            }

            var isSteps = Lexicon.Openers.LongestAt(sentence, at, out var end) is { Meaning: TermClass.Steps };
            says |= isSteps;
            words += isSteps || sentence[at] >= 0xE3 ? 0 : 1;
            at = isSteps ? end : WordEnd(sentence, at);
        }

        return says && words <= MostOtherWords;
    }

    /// <summary>True where enough of a text's words, by bytes, are terms of openers, and nothing in it could be an answer.</summary>
    /// <param name="folded">The folded text.</param>
    /// <param name="terms">How many terms it has.</param>
    /// <param name="knownBytes">The bytes of its terms.</param>
    /// <param name="unknownBytes">The bytes of its other words.</param>
    /// <param name="isAscii">True where every byte of the text is ASCII, as in most talk that begins like an opener: more is asked of it.</param>
    public static bool IsMostlyKnown(ReadOnlySpan<byte> folded, int terms, int knownBytes, int unknownBytes, bool isAscii) =>
        terms >= (isAscii ? FewestTerms : FewestOtherTerms)
        && unknownBytes * (isAscii ? KnownToUnknown : OtherKnownToUnknown) <= knownBytes
        && !CouldAnswer(folded) && folded.IndexOf("n't"u8) < 0 && folded.IndexOf("sorry"u8) < 0;

    /// <summary>True where a text has what an answer or a question back has: a number, a formula, a question mark.</summary>
    public static bool CouldAnswer(ReadOnlySpan<byte> folded) => folded.IndexOfAny(NoPromise) >= 0;

    /// <summary>Where a word ends, or a character of a script without spaces.</summary>
    public static int WordEnd(ReadOnlySpan<byte> folded, int at)
    {
        var wide = folded[at] >= 0xE3;
        at++;
        while (at < folded.Length && Term.IsWord(folded[at]) && (!wide || folded[at] is >= 0x80 and < 0xC0))
        {
            at++;
        }

        return at;
    }
}
