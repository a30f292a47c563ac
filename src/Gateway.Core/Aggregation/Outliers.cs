namespace Gateway.Core.Aggregation;

/// <summary>Numbers that lie far from the rest, by their distance from the median in units that they cannot stretch themselves.</summary>
public static class Outliers
{
    private const double Furthest = 3.5;

    // By these the median and the mean of absolute deviations are the standard deviation of normal numbers.
    private const double OfMedian = 1.482602;
    private const double OfMean = 1.253314;

    /// <summary>Whether each is kept: |x − median| ÷ (1.4826·MAD), or ÷ (1.2533·mean deviation) where the MAD is 0, is at most 3.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no number, or one is not finite.</exception>
    public static IReadOnlyList<bool> Kept(IReadOnlyList<double> values)
    {
        var median = Median(Finite.Checked(values));
        double[] distances = [.. values.Select(value => Math.Abs(value - median))];
        var unit = Median(distances) is > 0 and var middle ? OfMedian * middle : OfMean * distances.Average();
        return [.. distances.Select(distance => distance <= Furthest * unit)];
    }

    private static double Median(IReadOnlyList<double> values) => Votes.Of(VoteRule.Median, values).Value!.Value;
}
