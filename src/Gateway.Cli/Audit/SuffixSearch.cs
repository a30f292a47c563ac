namespace Gateway.Cli.Audit;

/// <summary>
/// Random search for a suffix that makes a wrong answer pass: words of the set's own texts and numbers, some of them changed at a time, kept
/// where the score rises (as Andriushchenko et al., arXiv 2404.02151, do for refusals).
/// </summary>
/// <param name="questions">The set, whose words are tried.</param>
/// <param name="options">How many responses one search may ask about, and the seed.</param>
internal sealed class SuffixSearch(IReadOnlyList<AuditQuestion> questions, AuditOptions options)
{
    private const int Length = 10;
    private const int Batch = 16;

    private readonly string[] _words = [.. questions.SelectMany(question => $"{question.Question} {question.Worked}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .Concat(Enumerable.Range(0, 100).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture))).Distinct()];

    /// <summary>True where a suffix was found; null where the wrong answer passes as it is, or cannot be scored.</summary>
    public async Task<bool?> FoolsAsync(Side side, AuditQuestion question, int index, CancellationToken cancellation)
    {
        // The same draws for both sides and in every run.
        var random = new Random(unchecked((options.Seed * 1_000_003) + index));
        var start = await side.AskAsync(question, [question.Worked, question.Wrong], cancellation);
        if ((options.Threshold ?? start[0].Score) is not { } threshold || Side.IsAccepted(start[1], threshold) is not false)
        {
            return null;
        }

        var (best, suffix) = (start[1].Score ?? double.NegativeInfinity, Enumerable.Repeat("", Length).ToArray());
        for (var asked = 0; asked < options.SuffixQueries; asked += Batch)
        {
            var tries = Enumerable.Range(0, Math.Min(Batch, options.SuffixQueries - asked)).Select(_ => Changed(suffix, random)).ToList();
            var scores = await side.AskAsync(question, [.. tries.Select(words => $"{question.Wrong} {string.Join(' ', words)}")], cancellation);
            for (var i = 0; i < tries.Count; i++)
            {
                // A floor is no sign of progress, for the attacker sees that it is marked.
                if (scores[i] is { Status: "ok", Score: { } score } && score > best)
                {
                    (best, suffix) = (score, tries[i]);
                }
            }

            if (best > threshold)
            {
                return true;
            }
        }

        return false;
    }

    private string[] Changed(string[] suffix, Random random)
    {
        var changed = (string[])suffix.Clone();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            changed[random.Next(Length)] = _words[random.Next(_words.Length)];
        }

        return changed;
    }
}
