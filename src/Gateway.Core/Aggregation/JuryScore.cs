namespace Gateway.Core.Aggregation;

/// <summary>One score from the scores of all jurors, by a welfare function.</summary>
public static class JuryScore
{
    /// <summary>The jury's score, on the jurors' scale; the same to the bit in whatever order the jurors are given.</summary>
    /// <param name="welfare">The welfare function.</param>
    /// <param name="scores">Every juror's score.</param>
    /// <param name="lowest">The lowest score of the declared scale; above 0 for <see cref="Welfare.Nash"/>.</param>
    /// <param name="highest">The highest score of the declared scale.</param>
    /// <param name="weights">How much each juror counts, above 0; null for all alike. <see cref="Welfare.Min"/> knows no weights.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no score, one is outside of the scale, or the scale or a weight is not fit for the function.</exception>
    public static double Of(Welfare welfare, IReadOnlyList<double> scores, double lowest, double highest, IReadOnlyList<double>? weights = null)
    {
        if (Finite.Checked(scores).Any(score => score < lowest || score > highest))
        {
            throw new ArgumentOutOfRangeException(nameof(scores), $"Every juror's score must be from {lowest} to {highest}.");
        }

        if (weights is not null && (weights.Count != scores.Count || weights.Any(weight => !(weight > 0))))
        {
            throw new ArgumentOutOfRangeException(nameof(weights), "There must be a weight above 0 for every juror's score.");
        }

        // In an order of their own: a sum depends on the order of its terms in the last bits.
        var weighted = scores.Select((score, juror) => (Score: score, Weight: weights?[juror] ?? 1)).Order().ToArray();
        var reduced = welfare switch
        {
            Welfare.Mean => Mean(weighted, score => score),
            Welfare.Min => weighted[0].Score,
            Welfare.Nash when lowest > 0 => Math.Exp(Mean(weighted, Math.Log)),
            _ => throw new ArgumentOutOfRangeException(nameof(lowest), lowest, $"{welfare} needs a scale whose lowest score is above 0."),
        };
        // Rounding must not carry a mean past what it is the mean of.
        return Math.Clamp(reduced, weighted[0].Score, weighted[^1].Score);
    }

    private static double Mean((double Score, double Weight)[] weighted, Func<double, double> of) =>
        weighted.Sum(one => one.Weight * of(one.Score)) / weighted.Sum(one => one.Weight);
}
