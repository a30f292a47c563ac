using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>From comparisons of two to a score of each: (wins + ½ ties) ÷ decided comparisons.</summary>
public static class PairTally
{
    /// <summary>
    /// One result per response. A response of which one comparison failed has failed, with the gravest of the failures: what is missing could have
    /// changed its score. A response of which no comparison was decided is undecided.
    /// </summary>
    public static ScoreResult[] Of(int responses, IReadOnlyList<Comparison> comparisons)
    {
        var own = new List<Comparison>[responses];
        for (var i = 0; i < own.Length; i++)
        {
            own[i] = [];
        }

        foreach (var comparison in comparisons)
        {
            own[comparison.A].Add(comparison);
            own[comparison.B].Add(comparison);
        }

        return [.. own.Select((mine, response) => Of(response, mine))];
    }

    private static ScoreResult Of(int response, List<Comparison> comparisons)
    {
        var failures = comparisons.Select(comparison => comparison.OfA.Failure).OfType<Failure>().ToArray();
        if (failures.Length > 0)
        {
            return failures.MaxBy(failure => failure.Kind.Traits().Status)!;
        }

        // Times, tokens and usage belong to the first of the two, so that sums over the responses are sums over the comparisons.
        var mine = comparisons.Where(comparison => comparison.A == response).Select(comparison => comparison.OfA).ToArray();
        var decided = comparisons.Where(comparison => comparison.OfA.IsScore).ToArray();
        var judgement = Merged(comparisons, mine, decided.Length);
        var timings = mine.Aggregate(default(ScoreTimings), (sum, one) => sum + one.Timings);
        var tokens = mine.Sum(one => one.Score?.Tokens ?? one.Undecided?.Tokens ?? 0);
        return decided.Length == 0
            ? new Undecided("No comparison of this response was decided.", judgement, tokens, timings)
            : new Score(
                decided.Sum(comparison => comparison.ShareOf(response)) / decided.Length,
                tokens,
                comparisons.Exists(comparison => comparison.OfA.Score?.Truncated ?? false),
                timings,
                Judgement: judgement);
    }

    private static Judgement Merged(List<Comparison> comparisons, ScoreResult[] mine, int decided)
    {
        var agreements = comparisons.Select(comparison => comparison.OfA.Judgement?.Agreement).OfType<double>().ToArray();
        var usage = mine.Aggregate(default(JudgeUsage), (sum, one) => sum + (one.Judgement?.Usage ?? default));
        return Judgement.Of(null, usage) with
        {
            Samples = comparisons.Count,
            Agreement = agreements.Length > 0 ? agreements.Average() : null,
            Note = decided < comparisons.Count ? $"{decided} of {comparisons.Count} comparisons were decided" : null,
        };
    }
}
