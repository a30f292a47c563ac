namespace Gateway.Core.Judging.Verdicts;

/// <summary>Finds the one value that a text gives behind a mark, such as <c>4</c> behind <c>[RESULT]</c>.</summary>
internal static class Labels
{
    private const int MostCharacters = 64;

    /// <summary>The value on the line of each mark, all of which must agree; those quoted from a judged text do not count.</summary>
    /// <exception cref="UnreadableVerdictException">No mark is the judge's own, or two values contradict each other.</exception>
    public static string Only(VerdictSource source, string mark) => Agreed(Quoted.Without(Lines(source.Text, mark), mark, source.Judged), mark);

    /// <summary>The text between each pair of marks, under the same rules; where <paramref name="counts"/> is given, others are passed over.</summary>
    /// <exception cref="UnreadableVerdictException">No pair is the judge's own, or two values contradict each other.</exception>
    public static string Between(VerdictSource source, string mark, string close, Func<string, bool>? counts = null) =>
        Agreed(Quoted.Without(Enclosed(source.Text, mark, close).Where(value => counts?.Invoke(value) ?? true), mark, source.Judged), mark);

    /// <summary>The text before the first mark, as the reason; null where there is none.</summary>
    public static string? Before(string text, string mark)
    {
        var at = text.IndexOf(mark, StringComparison.Ordinal);
        var reason = at < 0 ? "" : text[..at].Trim();
        return reason.Length > 0 ? reason : null;
    }

    private static string Agreed(IEnumerable<string> values, string mark)
    {
        string? agreed = null;
        foreach (var value in values)
        {
            if (agreed is not null && agreed != value)
            {
                throw new UnreadableVerdictException("The reply holds verdicts that contradict each other; give one only.");
            }

            agreed = value;
        }

        return agreed ?? throw new UnreadableVerdictException($"The reply holds no verdict of the judge's own behind \"{mark.Trim()}\".");
    }

    // Where nothing stands on the mark's line, the next line that is not blank counts, as in a Markdown heading.
    private static IEnumerable<string> Lines(string text, string mark)
    {
        foreach (var at in Marks(text, mark))
        {
            var value = Start(text.AsSpan(at).TrimStart());
            var end = value.IndexOfAny('\r', '\n');
            yield return (end < 0 ? value : value[..end]).TrimEnd(" \t.*").ToString();
        }
    }

    private static IEnumerable<string> Enclosed(string text, string mark, string close)
    {
        var end = 0;
        foreach (var at in Marks(text, mark))
        {
            end = end >= at ? end : text.IndexOf(close, at, StringComparison.Ordinal);
            if (end < 0)
            {
                yield break;
            }

            yield return Start(text.AsSpan(at, end - at)).Trim().ToString();
        }
    }

    // What is longer is no value of any format, and a reply may be long.
    private static ReadOnlySpan<char> Start(ReadOnlySpan<char> value) => value[..Math.Min(MostCharacters, value.Length)];

    // The places behind each mark.
    private static IEnumerable<int> Marks(string text, string mark)
    {
        for (var at = 0; (at = text.IndexOf(mark, at, StringComparison.Ordinal)) >= 0;)
        {
            at += mark.Length;
            yield return at;
        }
    }
}
