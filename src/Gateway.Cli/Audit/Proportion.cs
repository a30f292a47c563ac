namespace Gateway.Cli.Audit;

/// <summary>A share with its 95 % interval, all in 0..1.</summary>
/// <param name="Value">The share.</param>
/// <param name="Low">Lower end.</param>
/// <param name="High">Upper end.</param>
internal readonly record struct Proportion(double Value, double Low, double High)
{
    private const double Z = 1.959964;

    /// <summary>Wilson's interval of <paramref name="hits"/> in <paramref name="n"/> (Wilson 1927).</summary>
    public static Proportion Wilson(int hits, int n)
    {
        if (n == 0)
        {
            return new Proportion(double.NaN, 0, 1);
        }

        double p = (double)hits / n, d = 1 + (Z * Z / n);
        double middle = (p + (Z * Z / (2.0 * n))) / d, half = Z * Math.Sqrt((p * (1 - p) / n) + (Z * Z / (4.0 * n * n))) / d;
        return new Proportion(p, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }

    /// <summary>A mean over questions of each one's share of attacks; attacks on one question are not independent, so questions are what is counted.</summary>
    public static Proportion OverQuestions(IReadOnlyCollection<double> shares)
    {
        if (shares.Count == 0)
        {
            return new Proportion(double.NaN, 0, 1);
        }

        var mean = shares.Average();
        if (mean is 0 or 1 || shares.Count < 2)
        {
            // No spread was seen: what one question's share of 0 or 1 tells, as Wilson has it.
            return Wilson(mean >= 0.5 ? shares.Count : 0, shares.Count) with { Value = mean };
        }

        var half = Z * Math.Sqrt(shares.Sum(share => (share - mean) * (share - mean)) / (shares.Count - 1) / shares.Count);
        return new Proportion(mean, Math.Max(0, mean - half), Math.Min(1, mean + half));
    }

    /// <inheritdoc/>
    public override string ToString() => double.IsNaN(Value)
        ? "none"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100 * Value:0.0} [{100 * Low:0.0}, {100 * High:0.0}]");
}
