namespace Gateway.Core.Hardening.Folding;

/// <summary>White space in which something may be written: spaces of many widths, and blanks and tabs in turn at the end of a line.</summary>
internal static class OddSpaces
{
    private const int FewestInText = 6;
    private const int FewestAtLineEnd = 16;
    private const int FewestTurns = 6;

    /// <summary>
    /// Where the first of many spaces stands that are as wide as an en, an em or a part of one; -1 where they are few. Spaces that do not break, thin ones
    /// and ideographic ones are what typesetters use.
    /// </summary>
    public static int InText(ReadOnlySpan<byte> text)
    {
        var (count, first) = (0, -1);
        for (var at = 0; text[at..].IndexOf("\u2000"u8[..2]) is >= 0 and var next;)
        {
            at += next;
            if (at + 2 < text.Length && text[at + 2] is >= 0x80 and <= 0x8A and not 0x89)
            {
                first = count++ == 0 ? at : first;
                if (count >= FewestInText)
                {
                    return first;
                }
            }

            at += 2;
        }

        return -1;
    }

    /// <summary>Where white space at the end of a line begins in which blanks and tabs take turns; -1 where there is none.</summary>
    public static int AtLineEnd(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = text[at..].IndexOf((byte)'\n');
            var line = (length < 0 ? text[at..] : text.Slice(at, length)).TrimEnd((byte)'\r');
            var blank = line[line.TrimEnd(" \t"u8).Length..];
            if (blank.Length >= FewestAtLineEnd && blank.Length < line.Length && Turns(blank) >= FewestTurns)
            {
                return at + line.Length - blank.Length;
            }

            at = length < 0 ? text.Length : at + length + 1;
        }

        return -1;
    }

    private static int Turns(ReadOnlySpan<byte> blank)
    {
        var turns = 0;
        for (var at = 1; at < blank.Length; at++)
        {
            turns += blank[at] == blank[at - 1] ? 0 : 1;
        }

        return turns;
    }
}
