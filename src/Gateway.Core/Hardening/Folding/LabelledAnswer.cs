using System.Buffers;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The one word that stands behind a label: "Answer: A", "**Solution:** (b)", "{"answer": "no"}".</summary>
internal static class LabelledAnswer
{
    private const int Longest = 24;

    private static readonly SearchValues<byte> Marks = SearchValues.Create(" \t\r\n*_`\"'()[]{}<>.!,-$"u8);
    private static readonly SearchValues<byte> Parts = SearchValues.Create(" \t\r\n:,.;"u8);

    /// <summary>That word, without what it is set off by; empty where there is none, or where it breaks off.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> folded)
    {
        var text = folded.TrimEnd(" \t\r\n"u8);
        var at = text.LastIndexOf((byte)':');
        at = at < 0 ? text.LastIndexOf((byte)'\n') : at;
        var tail = at > 0 ? text[(at + 1)..] : default;
        if (tail.EndsWith(","u8) || tail.EndsWith(".."u8) || Placeholder.Is(folded) || !HasWord(text[..Math.Max(at, 0)]))
        {
            return default;
        }

        var from = tail.IndexOfAnyExcept(Marks);
        if (from < 0)
        {
            return default;
        }

        var word = tail[from..(tail.LastIndexOfAnyExcept(Marks) + 1)];
        return word.Length <= Longest && word.IndexOfAny(Parts) < 0 && HasWord(word) ? word : default;
    }

    /// <summary>True for a sentence that names an option: "The solution is A."</summary>
    public static bool IsOption(ReadOnlySpan<byte> folded)
    {
        var text = folded.TrimEnd(" \t\r\n*_.)]}$\""u8);
        var words = text.Length > 1 && text[^1] is >= (byte)'a' and <= (byte)'z' ? text[..^1].TrimEnd("*_([{$\""u8) : default;
        return words.EndsWith(" is "u8) || words.EndsWith(" ist "u8) || words.EndsWith(" est "u8) || words.EndsWith(" es "u8) || words.EndsWith(" e "u8) || words.EndsWith(" adalah "u8);
    }

    /// <summary>True where it is more than another label, an opener or a sound of thinking.</summary>
    public static bool Says(ReadOnlySpan<byte> answer)
    {
        var reading = new OpenerReading(Lexicon.Openers);
        return reading.Run(answer, default) && reading.KnownBytes + reading.UnknownBytes > 0 && !reading.HasOpener && !reading.HasHeading && !reading.HasCourtesy && !BrokenOff.Is(answer);
    }

    private static bool HasWord(ReadOnlySpan<byte> text)
    {
        foreach (var one in text)
        {
            if (Term.IsWord(one))
            {
                return true;
            }
        }

        return false;
    }
}
