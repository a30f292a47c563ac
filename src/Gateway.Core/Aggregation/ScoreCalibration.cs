namespace Gateway.Core.Aggregation;

/// <summary>Mean and standard deviation of a model's raw scores, measured beforehand on texts of the kind that it judges.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Deviation">The standard deviation, above 0.</param>
public readonly record struct ScoreCalibration(double Mean, double Deviation)
{
    /// <summary>The z-score of a raw score.</summary>
    public double Standardised(double score) => (score - Mean) / Deviation;
}
