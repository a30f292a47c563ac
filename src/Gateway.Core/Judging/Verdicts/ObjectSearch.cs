namespace Gateway.Core.Judging.Verdicts;

/// <summary>Finds the complete JSON objects of a text that stand in no other braces.</summary>
internal static class ObjectSearch
{
    private const int MostOpen = 4096;
    private const int MostFound = 4096;

    /// <summary>Where each object stands, in order; prose, fences and lists around them do not matter.</summary>
    /// <remarks>
    /// An object inside braces that are no JSON themselves is left out, since a broken verdict may hold a quoted one: inside a closed pair,
    /// behind an object that was begun and never ended, and before a brace that closes nothing.
    /// </remarks>
    /// <exception cref="UnreadableVerdictException">There are more braces than a verdict needs.</exception>
    public static List<Range> TopLevel(ReadOnlySpan<char> text)
    {
        var found = new List<Range>();
        var open = new Stack<(int Found, bool IsObject)>();
        for (var at = Next(text, 0); at >= 0; at = Next(text, at))
        {
            var end = text[at] == '{' ? JsonScan.Value(text, at) : -1;
            if (end >= 0)
            {
                found.Add(at..end);
                at = end;
            }
            else
            {
                Step(text, at, open, found);
                at++;
            }

            if (open.Count > MostOpen || found.Count > MostFound)
            {
                throw new UnreadableVerdictException("The reply holds too many braces.");
            }
        }

        Keep(found, open.Where(one => one.IsObject).Select(one => one.Found).Append(found.Count).Min());
        return found;
    }

    // The next brace that no backslash escapes, as LaTeX does, or -1.
    private static int Next(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length)
        {
            var step = text[from..].IndexOfAny('{', '}');
            if (step < 0)
            {
                return -1;
            }

            from += step;
            if (from == 0 || text[from - 1] != '\\')
            {
                return from;
            }

            from++;
        }

        return -1;
    }

    private static void Step(ReadOnlySpan<char> text, int at, Stack<(int Found, bool IsObject)> open, List<Range> found)
    {
        if (text[at] == '{')
        {
            var inside = JsonScan.Blank(text, at + 1);
            open.Push((found.Count, inside < text.Length && text[inside] is ('"' or '\'')));
        }
        else
        {
            Keep(found, open.TryPop(out var opened) ? opened.Found : 0);
        }
    }

    private static void Keep(List<Range> found, int count) => found.RemoveRange(count, found.Count - count);
}
