namespace Gateway.Core.Judging.Verdicts;

/// <summary>Tells the judge's own verdicts from those that it quotes.</summary>
internal static class Quoted
{
    // Each question costs the length of the judged texts.
    private const int MostAsked = 64;

    /// <summary>The values of which mark and first word stand in none of the judged texts, white space aside.</summary>
    /// <exception cref="UnreadableVerdictException">There are too many values.</exception>
    public static IEnumerable<string> Without(IEnumerable<string> values, string mark, IReadOnlyList<string> judged)
    {
        string[]? texts = null;
        var asked = 0;
        foreach (var value in values)
        {
            if (++asked > MostAsked)
            {
                throw new UnreadableVerdictException("The reply holds too many verdicts; give one only.");
            }

            texts ??= [.. judged.Select(Compact.Of)];
            var verdict = Compact.Of(mark + FirstWord(value));
            if (!texts.Any(text => text.Contains(verdict, StringComparison.Ordinal)))
            {
                yield return value;
            }
        }
    }

    private static string FirstWord(string value)
    {
        var end = 0;
        while (end < value.Length && char.IsLetterOrDigit(value[end]))
        {
            end++;
        }

        return end > 0 ? value[..end] : value;
    }
}
