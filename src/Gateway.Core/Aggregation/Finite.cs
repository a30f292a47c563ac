namespace Gateway.Core.Aggregation;

/// <summary>What every reduction asks of its numbers: that there are some, and that they are finite.</summary>
internal static class Finite
{
    /// <summary>The values themselves.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or one is NaN or infinite.</exception>
    public static IReadOnlyList<double> Checked(IReadOnlyList<double> values) => values.Count > 0 && values.All(double.IsFinite)
        ? values
        : throw new ArgumentOutOfRangeException(nameof(values), "A reduction needs one value at least, and all finite.");
}
