using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>How grave a place in a text is, given what stands around it and what the prompt asked for.</summary>
internal static class Context
{
    private static readonly byte[][] CommentOpeners = [.. ((string[])["<!--", "/*", "[//]:", "[comment]:", "display:none", "display: none", "visibility:hidden", "font-size:0", "{#", "<!-"]).Select(Encoding.UTF8.GetBytes)];

    /// <summary>
    /// One step milder where the place is quoted, and where the prompt is about the matter; one graver where it hides in a comment.
    /// </summary>
    public static HardeningSeverity Weigh(in HardeningField field, HardeningSeverity severity, int at, ReadOnlySpan<TermClass> matter, int askedFor = 1)
    {
        var weight = (int)severity;
        if (InComment(field.Text, at))
        {
            weight++;
        }
        else if (field.IsQuoted(at))
        {
            weight--;
        }

        if (field.AsksAbout(matter))
        {
            weight -= askedFor;
        }

        return (HardeningSeverity)Math.Clamp(weight, (int)HardeningSeverity.Low, (int)HardeningSeverity.High);
    }

    private static bool InComment(ReadOnlySpan<byte> text, int at)
    {
        const int Farthest = 400;
        var before = text[Math.Max(0, at - Farthest)..at];
        foreach (var opener in CommentOpeners)
        {
            var opened = before.LastIndexOf(opener);
            if (opened >= 0 && before[opened..].IndexOf("-->"u8) < 0 && before[opened..].IndexOf("*/"u8) < 0)
            {
                return true;
            }
        }

        return false;
    }
}
