namespace Gateway.Core.Aggregation;

/// <summary>One score from the scores of all jurors, by a welfare function.</summary>
public static class JuryScore
{
    /// <summary>The jury's score, on the jurors' scale.</summary>
    /// <param name="welfare">The welfare function.</param>
    /// <param name="scores">Every juror's score.</param>
    /// <param name="lowest">The lowest score of the declared scale; above 0 for <see cref="Welfare.Nash"/>.</param>
    /// <param name="highest">The highest score of the declared scale.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no score, one is outside of the scale, or the scale is not fit for the function.</exception>
    public static double Of(Welfare welfare, IReadOnlyList<double> scores, double lowest, double highest)
    {
        if (Finite.Checked(scores).Any(score => score < lowest || score > highest))
        {
            throw new ArgumentOutOfRangeException(nameof(scores), $"Every juror's score must be from {lowest} to {highest}.");
        }

        return welfare switch
        {
            Welfare.Mean => scores.Average(),
            Welfare.Min => scores.Min(),
            Welfare.Nash when lowest > 0 => Math.Exp(scores.Average(Math.Log)),
            _ => throw new ArgumentOutOfRangeException(nameof(lowest), lowest, $"{welfare} needs a scale whose lowest score is above 0."),
        };
    }
}
