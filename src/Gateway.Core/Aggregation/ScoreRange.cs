namespace Gateway.Core.Aggregation;

/// <summary>Between which two values scores lie, both ends included: a judge's scale, or where a model was calibrated.</summary>
/// <param name="Lowest">The lowest score.</param>
/// <param name="Highest">The highest score, above the lowest.</param>
public readonly record struct ScoreRange(double Lowest, double Highest)
{
    /// <summary>From 0 to 1.</summary>
    public static ScoreRange ZeroToOne { get; } = new(0, 1);

    /// <summary>How far the ends are apart.</summary>
    public double Width => Highest - Lowest;

    /// <summary>True where a score lies on the scale.</summary>
    public bool Holds(double score) => score >= Lowest && score <= Highest;

    /// <summary>Where a score of this scale lies on another, the ends on the ends.</summary>
    public double To(ScoreRange other, double score) => this == other
        ? score
        : Math.Clamp(other.Lowest + ((score - Lowest) / (Highest - Lowest) * (other.Highest - other.Lowest)), other.Lowest, other.Highest);
}
