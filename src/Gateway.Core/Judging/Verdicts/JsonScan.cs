using System.Globalization;
using System.Text;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>Walks over JSON (RFC 8259) in a text without building anything, so that no reply costs more than its length.</summary>
internal static class JsonScan
{
    /// <summary>How deep objects and arrays may be nested in a verdict.</summary>
    public const int MaxDepth = 32;

    /// <summary>Where the value that begins at <paramref name="at"/> ends (behind it), or -1 where no value of at most <see cref="MaxDepth"/> begins there.</summary>
    public static int Value(ReadOnlySpan<char> text, int at, int depth = 0)
    {
        if (at >= text.Length)
        {
            return -1;
        }

        return text[at] switch
        {
            '{' => Container(text, at, depth + 1, close: '}'),
            '[' => Container(text, at, depth + 1, close: ']'),
            '"' => Text(text, at),
            't' => Word(text, at, "true"),
            'f' => Word(text, at, "false"),
            'n' => Word(text, at, "null"),
            _ => Number(text, at),
        };
    }

    /// <summary>The first place from <paramref name="at"/> on that is no JSON white space.</summary>
    public static int Blank(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is (' ' or '\t' or '\r' or '\n'))
        {
            at++;
        }

        return at;
    }

    /// <summary>Where the string that begins at <paramref name="at"/> ends, or -1.</summary>
    public static int Text(ReadOnlySpan<char> text, int at)
    {
        if (at >= text.Length || text[at] != '"')
        {
            return -1;
        }

        for (at++; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    return at + 1;
                case '\\':
                    at = Escape(text, at);
                    if (at < 0)
                    {
                        return -1;
                    }

                    break;
                case < ' ':
                    return -1;
            }
        }

        return -1;
    }

    /// <summary>What a string says, quotes and escapes undone; half a surrogate pair becomes U+FFFD.</summary>
    public static string Decode(ReadOnlySpan<char> quoted)
    {
        var said = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                said.Append(quoted[i]);
                continue;
            }

            i++;
            said.Append(quoted[i] switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)int.Parse(quoted.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var itself => itself,
            });
            i += quoted[i] == 'u' ? 4 : 0;
        }

        return WellFormed(said.ToString());
    }

    private static string WellFormed(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
        {
            return text;
        }

        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            sound.Append(rune.ToString());
        }

        return sound.ToString();
    }

    private static int Container(ReadOnlySpan<char> text, int at, int depth, char close)
    {
        if (depth > MaxDepth)
        {
            return -1;
        }

        at = Blank(text, at + 1);
        if (at < text.Length && text[at] == close)
        {
            return at + 1;
        }

        while (true)
        {
            at = close == '}' ? Member(text, at, depth) : Value(text, at, depth);
            at = at < 0 ? text.Length : Blank(text, at);
            if (at >= text.Length)
            {
                return -1;
            }

            if (text[at] == close)
            {
                return at + 1;
            }

            if (text[at] != ',')
            {
                return -1;
            }

            at = Blank(text, at + 1);
        }
    }

    private static int Member(ReadOnlySpan<char> text, int at, int depth)
    {
        at = Text(text, at);
        at = at < 0 ? text.Length : Blank(text, at);
        return at < text.Length && text[at] == ':' ? Value(text, Blank(text, at + 1), depth) : -1;
    }

    // The last character of the escape that begins at the backslash, or -1.
    private static int Escape(ReadOnlySpan<char> text, int at)
    {
        if (at + 1 >= text.Length)
        {
            return -1;
        }

        if (text[at + 1] != 'u')
        {
            return "\"\\/bfnrt".Contains(text[at + 1]) ? at + 1 : -1;
        }

        if (at + 5 >= text.Length)
        {
            return -1;
        }

        foreach (var digit in text.Slice(at + 2, 4))
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                return -1;
            }
        }

        return at + 5;
    }

    private static int Word(ReadOnlySpan<char> text, int at, string word) =>
        text[at..].StartsWith(word, StringComparison.Ordinal) ? at + word.Length : -1;

    private static int Number(ReadOnlySpan<char> text, int at)
    {
        at += text[at] == '-' ? 1 : 0;
        var whole = Digits(text, at);
        if (whole == at || (whole > at + 1 && text[at] == '0'))
        {
            return -1;
        }

        at = whole;
        if (at < text.Length && text[at] == '.')
        {
            var part = Digits(text, at + 1);
            if (part == at + 1)
            {
                return -1;
            }

            at = part;
        }

        return at < text.Length && text[at] is ('e' or 'E') ? Exponent(text, at) : at;
    }

    private static int Exponent(ReadOnlySpan<char> text, int at)
    {
        at++;
        at += at < text.Length && text[at] is ('+' or '-') ? 1 : 0;
        var end = Digits(text, at);
        return end == at ? -1 : end;
    }

    private static int Digits(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at;
    }
}
