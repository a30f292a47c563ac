namespace Gateway.Core.Aggregation;

/// <summary>A declared scale of scores, both ends included.</summary>
/// <param name="Lowest">The lowest score.</param>
/// <param name="Highest">The highest score, above the lowest.</param>
public readonly record struct ScoreRange(double Lowest, double Highest)
{
    /// <summary>True where a score lies on the scale.</summary>
    public bool Holds(double score) => score >= Lowest && score <= Highest;

    /// <summary>Where a score of this scale lies on another, the ends on the ends.</summary>
    public double To(ScoreRange other, double score) => this == other
        ? score
        : Math.Clamp(other.Lowest + ((score - Lowest) / (Highest - Lowest) * (other.Highest - other.Lowest)), other.Lowest, other.Highest);
}
