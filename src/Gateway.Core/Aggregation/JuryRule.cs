namespace Gateway.Core.Aggregation;

/// <summary>How a jury comes to its score.</summary>
/// <param name="Welfare">How the jurors' scores become one.</param>
/// <param name="Scale">The scale of the jury's score; null where it is a z-score by each juror's calibration.</param>
/// <param name="Quorum">How many jurors must have given a score.</param>
/// <param name="Alarm">The standard deviation of the jurors' z-scores beyond which a score is flagged; null for never.</param>
public sealed record JuryRule(Welfare Welfare, ScoreRange? Scale, int Quorum, double? Alarm = null)
{
    /// <summary>What a juror's raw score counts as; null where it lies outside of the scale that was declared for it.</summary>
    public double? ValueOf(Juror juror, double score)
    {
        if (Scale is not { } scale)
        {
            return juror.Calibration?.Standardised(score) is { } z && double.IsFinite(z) ? z : null;
        }

        var own = juror.Range ?? scale;
        return own.Holds(score) ? own.To(scale, score) : null;
    }
}
