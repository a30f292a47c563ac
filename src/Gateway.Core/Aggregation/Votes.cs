namespace Gateway.Core.Aggregation;

/// <summary>What several numbers came to.</summary>
/// <param name="Value">The number; null where the rule could not decide.</param>
/// <param name="Agreement">The share of the most frequent number, from 0 (excluded) to 1.</param>
/// <param name="Spread">The population standard deviation of the numbers.</param>
/// <param name="Count">How many there were.</param>
public sealed record Votes(double? Value, double Agreement, double Spread, int Count)
{
    /// <summary>The share that <see cref="VoteRule.TrimmedMean"/> leaves out at each end.</summary>
    public const double Trim = 0.2;

    /// <summary>The numbers reduced by the rule; their order does not matter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no number, or one is not finite.</exception>
    public static Votes Of(VoteRule rule, IReadOnlyList<double> values)
    {
        double[] sorted = [.. Finite.Checked(values).Order()];
        var counts = sorted.CountBy(value => value).ToArray();
        var most = counts.Max(count => count.Value);
        double? value = rule switch
        {
            VoteRule.Mean => sorted.Average(),
            VoteRule.Median => Median(sorted),
            VoteRule.TrimmedMean => Trimmed(sorted),
            VoteRule.Majority => counts.Count(count => count.Value == most) == 1 ? counts.Single(count => count.Value == most).Key : null,
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "An unknown rule."),
        };
        return new Votes(value, (double)most / sorted.Length, Aggregation.Spread.Deviation(sorted), sorted.Length);
    }

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;

    private static double Trimmed(double[] sorted)
    {
        var trimmed = (int)(sorted.Length * Trim);
        return sorted[trimmed..^trimmed].Average();
    }
}
