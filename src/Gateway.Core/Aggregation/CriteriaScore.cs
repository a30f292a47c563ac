using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>The explicit score of a rubric's criteria, Σwc/Σw (Rubrics as Rewards, arXiv 2507.17746).</summary>
public static class CriteriaScore
{
    /// <summary>From 0 (every answer the worst) to 1 (every answer the best).</summary>
    /// <param name="parts">What the answer to each criterion is worth, from 0 to 1, and the criterion's weight.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is none, or one is worth something else, or has no weight above 0.</exception>
    public static double Of(IReadOnlyList<ScoreComponent> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part is not { Value: >= 0 and <= 1, Weight: > 0 }))
        {
            throw new ArgumentOutOfRangeException(nameof(parts), "Criteria need one at least, each worth 0 to 1, with a weight above 0.");
        }

        var (worth, weight) = (0.0, 0.0);
        foreach (var part in parts)
        {
            worth += part.Weight!.Value * part.Value;
            weight += part.Weight!.Value;
        }

        return worth / weight;
    }
}
