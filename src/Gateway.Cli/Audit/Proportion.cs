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

    /// <summary>The exact interval of <paramref name="hits"/> in <paramref name="n"/> (Clopper and Pearson 1934).</summary>
    public static Proportion Exact(int hits, int n)
    {
        const double Tail = 0.025;
        return n == 0
            ? new Proportion(double.NaN, 0, 1)
            : new Proportion((double)hits / n, hits == 0 ? 0 : Where(hits - 1, n, 1 - Tail), hits == n ? 1 : Where(hits, n, Tail));
    }

    // The rate at which at most so many hits have this chance: the more of them there are, the smaller it is.
    private static double Where(int hits, int n, double chance)
    {
        double low = 0, high = 1;
        for (var step = 0; step < 60; step++)
        {
            var rate = (low + high) / 2;
            (low, high) = AtMost(hits, n, rate) > chance ? (rate, high) : (low, rate);
        }

        return low;
    }

    private static double AtMost(int hits, int n, double rate)
    {
        var term = n * Math.Log(1 - rate);
        var sum = Math.Exp(term);
        for (var i = 1; i <= hits; i++)
        {
            term += Math.Log((n - i + 1.0) / i * rate / (1 - rate));
            sum += Math.Exp(term);
        }

        return sum;
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
