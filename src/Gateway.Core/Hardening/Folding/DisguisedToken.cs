namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Control tokens that only a reader takes for such: written in full width, with look-alike letters or with characters in them that nobody sees, in
/// other angle brackets, or with their brackets as entities or escapes.
/// </summary>
internal static class DisguisedToken
{
    private const int LongestName = 40;
    private const int ShortestName = 3;
    private const int MostCandidates = 64;

    private static readonly byte[][] Opened = Bytes("lt;", "003c", "x3c", "%3c", "#60;", "<", "(", "\"", "[");
    private static readonly byte[][] Closed = Bytes("&gt;", "\\u003e", "\\x3e", "%3e", "&#62;", "&#x3e;", ">", ")", "\"", "]");

    // Names with an underscore are tokens wherever they stand between pipes and brackets; of others these.
    private static readonly byte[][] Names = Bytes("system", "user", "assistant", "end", "endoftext", "startoftext", "eot", "eom", "bos", "eos", "sep", "pad", "start", "message", "channel", "endofturn", "endofprompt");

    /// <summary>Where the first one stands in the text; -1 where there is none. It is asked of texts without real ones.</summary>
    public static int Find(in HardeningField field)
    {
        var folded = field.Folded.Bytes;
        if (!field.Folded.Facts.IsAscii && field.Folded.Facts.HasSigns && Folded(folded) is >= 0 and var at)
        {
            return field.Original(at);
        }

        return Piped(field, "|"u8) is >= 0 and var piped ? piped : field.Folded.Facts.HasSigns ? Piped(field, "%7c"u8) : -1;
    }

    private static byte[][] Bytes(params string[] words) => [.. words.Select(System.Text.Encoding.ASCII.GetBytes)];

    // What folding makes a token of.
    private static int Folded(ReadOnlySpan<byte> folded)
    {
        for (var at = 0; at < folded.Length; at++)
        {
            var next = folded[at..].IndexOfAny((byte)'<', (byte)'[');
            if (next < 0)
            {
                return -1;
            }

            at += next;
            if (ControlTokenForms.LengthAt(folded[at..]) > 0)
            {
                return at;
            }
        }

        return -1;
    }

    // A name between pipes, and a bracket of whatever kind before and behind; brackets of mathematics are round, square or bars.
    private static int Piped(in HardeningField field, ReadOnlySpan<byte> pipe)
    {
        var folded = field.Folded.Bytes;
        var candidates = 0;
        for (var at = 0; candidates < MostCandidates && folded[at..].IndexOf(pipe) is >= 0 and var next; at++)
        {
            at += next;
            var rest = folded[(at + pipe.Length)..Math.Min(folded.Length, at + pipe.Length + LongestName)];
            var length = rest.IndexOf(pipe);
            if (length >= ShortestName && IsName(rest[..length])
                && Ends(folded[..at]) is { } opener && Begins(folded[(at + length + (2 * pipe.Length))..])
                && ++candidates > 0 && (opener > 1 || !IsPlain(field.Text[field.Original(at - 1)])))
            {
                return field.Original(at - opener);
            }
        }

        return -1;
    }

    private static bool IsPlain(byte original) => original is (byte)'(' or (byte)'[' or (byte)'"' or (byte)'<';

    private static bool IsName(ReadOnlySpan<byte> name)
    {
        if (name.IndexOfAnyExceptInRange((byte)'_', (byte)'z') >= 0)
        {
            return false;
        }

        foreach (var known in Names)
        {
            if (name.SequenceEqual(known))
            {
                return true;
            }
        }

        return name.IndexOf((byte)'_') > 1 && name.Length > 5;
    }

    private static int? Ends(ReadOnlySpan<byte> before)
    {
        foreach (var opener in Opened)
        {
            if (before.EndsWith(opener))
            {
                return opener.Length;
            }
        }

        return null;
    }

    private static bool Begins(ReadOnlySpan<byte> after)
    {
        foreach (var closer in Closed)
        {
            if (after.StartsWith(closer))
            {
                return true;
            }
        }

        return false;
    }
}
