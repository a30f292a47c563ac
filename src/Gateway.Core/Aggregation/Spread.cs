namespace Gateway.Core.Aggregation;

/// <summary>Mean and standard deviation.</summary>
public static class Spread
{
    /// <summary>The arithmetic mean.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no value, or one is not finite.</exception>
    public static double Mean(IReadOnlyList<double> values) => Finite.Checked(values).Average();

    /// <summary>The population standard deviation, √(Σ(x − mean)² / n); 0 for one value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no value, or one is not finite.</exception>
    public static double Deviation(IReadOnlyList<double> values)
    {
        var mean = Mean(values);
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
