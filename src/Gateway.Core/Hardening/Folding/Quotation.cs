namespace Gateway.Core.Hardening.Folding;

/// <summary>Whether a place in a text is shown rather than said: code, a quoted line, or quotation marks.</summary>
internal static class Quotation
{
    private const int LongestQuote = 400;

    /// <summary>True where the byte lies in a code fence, between backticks, on a line that begins with <c>&gt;</c>, or in double quotes.</summary>
    public static bool Holds(ReadOnlySpan<byte> text, int at)
    {
        var before = text[..at];
        if (before.Count("```"u8) % 2 == 1 && before.IndexOf("```"u8) >= 0 && text[at..].IndexOf("```"u8) >= 0)
        {
            return true;
        }

        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        if (line.TrimStart((byte)' ').StartsWith(">"u8))
        {
            return true;
        }

        var near = line.Length > LongestQuote ? line[^LongestQuote..] : line;
        var after = text[at..Math.Min(text.Length, at + LongestQuote)];
        var end = after.IndexOf((byte)'\n');
        after = end < 0 ? after : after[..end];
        return (near.Count((byte)'`') % 2 == 1 && after.Contains((byte)'`'))
            || (near.Count((byte)'"') % 2 == 1 && after.Contains((byte)'"'))
            || (near.LastIndexOf("\u201C"u8) > near.LastIndexOf("\u201D"u8) && after.IndexOf("\u201D"u8) >= 0)
            || (near.LastIndexOf("\u00AB"u8) > near.LastIndexOf("\u00BB"u8) && after.IndexOf("\u00BB"u8) >= 0)
            || (near.LastIndexOf("\u300C"u8) > near.LastIndexOf("\u300D"u8) && after.IndexOf("\u300D"u8) >= 0);
    }
}
