namespace Gateway.Core.Aggregation;

/// <summary>How a jury comes to its score.</summary>
/// <param name="Welfare">How the jurors' scores become one.</param>
/// <param name="Scale">The scale of the jury's score; null where it is a z-score by each juror's calibration.</param>
/// <param name="Quorum">How many jurors must have given a score.</param>
/// <param name="Alarm">The standard deviation of the jurors' z-scores beyond which a score is flagged; null for never.</param>
public sealed record JuryRule(Welfare Welfare, ScoreRange? Scale, int Quorum, double? Alarm = null)
{
    // Beyond it sums of squares and of weights are no numbers any more.
    private const double Furthest = 1e100;

    /// <summary>What a juror's raw score counts as; null where it lies outside of the scale that was declared for it, or beyond all measure of its calibration.</summary>
    public double? ValueOf(Juror juror, double score)
    {
        if (Scale is not { } scale)
        {
            return juror.Calibration?.Standardised(score) is { } z && Math.Abs(z) <= Furthest ? z : null;
        }

        var own = juror.Range ?? scale;
        return own.Holds(score) ? own.To(scale, score) : null;
    }
}
