using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Where a text closes JSON, a quotation or a comment that it never opened: what a judge's prompt may have put around it.</summary>
internal static class QuoteClosers
{
    // How far back the code is read that a string belongs to.
    private const int FarthestBack = 400;

    private static readonly byte[][] Closers = [.. ((string[])
    [
        "\"}]}", "\"\n}\n]", "\"}\n]", "\"\n    }\n]", "\"\n  }\n]", "\"},{\"", "\"}, {\"", "\"},\n{\"", "\"\"\"\n", "'''\n", "\"\"\" }", "\"\"\"}", "\",\"score", "\", \"score", "\",\"verdict", "\", \"verdict", "\",\"winner", "\", \"winner",
        "\",\"role", "\", \"role", "\",\"rating", "\", \"rating", "\",\n\"score", "\",\n  \"score", "\",\"grade", "\", \"grade", "\",\"feedback", "\", \"feedback", "\"}\n", "'}]", "'}, {'", "\"]}", "]]>", "'\n}", "\"\n}",
    ]).Select(Encoding.ASCII.GetBytes)];

    /// <summary>Where the first one stands; -1 where there is none.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        // Whole JSON opens what it closes.
        var start = text.TrimStart(" \t\r\n`json"u8);
        if (start.IsEmpty || start[0] is (byte)'{' or (byte)'[')
        {
            return -1;
        }

        var first = text.IndexOf((byte)'"');
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\'', (byte)']');
            if (next < 0 || at + next + 1 >= text.Length)
            {
                return -1;
            }

            at += next;
            if (ClosesOwnString(text, at) is > 0 and var end)
            {
                at = end;
                continue;
            }

            if (text[at] == '"' && at > 0 && text[at - 1] > ' ' && text[(at + 1)..].StartsWith(",\""u8) && at == first)
            {
                // A field of a table, whose quotation it did not open.
                return at;
            }

            if (text[at + 1] is (byte)'}' or (byte)']' or (byte)',' or (byte)'"' or (byte)'\'' or (byte)'\n' && IsCloser(text[at..]))
            {
                return IsOpen(text[..at]) ? -1 : at;
            }

            at++;
        }

        return -1;
    }

    /// <summary>Where a line is no more than the end of a block comment that nothing began; -1 where there is none.</summary>
    public static int Comment(ReadOnlySpan<byte> text)
    {
        var at = text.StartsWith("*/"u8) ? 0 : text.IndexOf("\n*/"u8) + 1;
        var isWhole = text[at..].StartsWith("*/"u8) && (at + 2 == text.Length || text[at + 2] is (byte)'\n' or (byte)'\r' or (byte)' ');
        return isWhole && text[..at].IndexOf("/*"u8) < 0 ? at : -1;
    }

    // The end of a string of several lines that code begins here, as Python's documentation of a function is; 0 where none is begun.
    private static int ClosesOwnString(ReadOnlySpan<byte> text, int at)
    {
        var quotes = text[at..Math.Min(text.Length, at + 3)];
        if (!quotes.SequenceEqual("\"\"\""u8) && !quotes.SequenceEqual("'''"u8))
        {
            return 0;
        }

        var close = text[(at + 3)..].IndexOf(quotes);
        return close >= 0 && BeginsValue(text[Math.Max(0, at - FarthestBack)..at]) ? at + close + 6 : 0;
    }

    // Behind "=", "(" and the like, or alone on the line below "def name():" or a code fence.
    private static bool BeginsValue(ReadOnlySpan<byte> before)
    {
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..].TrimEnd(" \t"u8);
        if (line.IsEmpty)
        {
            var above = before.TrimEnd(" \t\r\n"u8);
            return above is [.., (byte)':'] || above[(above.LastIndexOf((byte)'\n') + 1)..].TrimStart((byte)' ').StartsWith("```"u8);
        }

        line = line.TrimEnd("fFrRbBuU"u8).TrimEnd(" \t"u8);
        return line is [.., (byte)'=' or (byte)'(' or (byte)',' or (byte)'[' or (byte)'{' or (byte)':' or (byte)'+'];
    }

    // Whoever opened something before may close it: a brace or bracket that still stands open, or a quotation.
    private static bool IsOpen(ReadOnlySpan<byte> before) =>
        before.Count((byte)'{') > before.Count((byte)'}') || before.Count((byte)'[') > before.Count((byte)']')
        || before.IndexOf("\"\"\""u8) >= 0 || before.IndexOf("'''"u8) >= 0;

    private static bool IsCloser(ReadOnlySpan<byte> text)
    {
        foreach (var closer in Closers)
        {
            if (text.StartsWith(closer))
            {
                return true;
            }
        }

        return false;
    }
}
