using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>JSON of fields of any names whose values are all empty: <c>{"thought": "", "steps": [], "answer": null}</c>.</summary>
internal static class EmptyFields
{
    // What says that there is no value.
    private static readonly byte[][] None = [.. ((string[])["null", "none", "nil", "undefined", "nan", "n/a", "na", "tbd", "todo", "tba", "unknown", "empty", "string", "...", "-", "--", "~", "?", "_"]).Select(Encoding.ASCII.GetBytes)];

    /// <summary>True where folded text is an object, or a list of them, and no field has a value.</summary>
    public static bool Holds(ReadOnlySpan<byte> folded)
    {
        var text = folded.Trim(" \t\r\n"u8);
        if (text is not [(byte)'{' or (byte)'[', .., (byte)'}' or (byte)']'])
        {
            return false;
        }

        var fields = 0;
        for (var at = 0; at < text.Length;)
        {
            if (text[at] is (byte)'"' or (byte)'\'')
            {
                var quoted = Quoted(text, at);
                var behind = quoted < 0 ? default : text[(at + quoted + 2)..].TrimStart(" \t\r\n"u8);
                if (quoted < 0)
                {
                    return false;
                }

                var isField = behind.StartsWith(":"u8);
                fields += isField ? 1 : 0;
                if (!isField && !IsNone(text.Slice(at + 1, quoted)))
                {
                    return false;
                }

                at += quoted + 2;
            }
            else if (Term.IsWord(text[at]))
            {
                var end = at;
                while (end < text.Length && Term.IsWord(text[end]))
                {
                    end++;
                }

                if (!IsNone(text[at..end]))
                {
                    return false;
                }

                at = end;
            }
            else
            {
                at++;
            }
        }

        return fields > 0;
    }

    /// <summary>True for a value that is none.</summary>
    public static bool IsNone(ReadOnlySpan<byte> value)
    {
        var text = value.Trim(" \t\r\n.,*_-[](){}<>\"'~"u8);
        if (text.IsEmpty)
        {
            return true;
        }

        foreach (var none in None)
        {
            if (text.SequenceEqual(none))
            {
                return true;
            }
        }

        return false;
    }

    // The bytes between two marks; -1 where the second is missing.
    private static int Quoted(ReadOnlySpan<byte> text, int at) => text[(at + 1)..].IndexOf(text[at]);
}
