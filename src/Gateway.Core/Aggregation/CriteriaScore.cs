using Gateway.Core.Rubrics;

namespace Gateway.Core.Aggregation;

/// <summary>The explicit score of a rubric's criteria, Σwc/Σw (Rubrics as Rewards, arXiv 2507.17746).</summary>
public static class CriteriaScore
{
    /// <summary>From 0 (every answer the worst) to 1 (every answer the best); a pitfall's answers count the other way round.</summary>
    /// <param name="criteria">The criteria, with their weights.</param>
    /// <param name="choices">The place of the answer that was given to each, in the same order.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no criterion, one has no answer, or an answer is none of its choices.</exception>
    public static double Of(IReadOnlyList<Criterion> criteria, IReadOnlyList<int> choices)
    {
        if (criteria.Count == 0 || choices.Count != criteria.Count)
        {
            throw new ArgumentOutOfRangeException(nameof(choices), choices.Count, $"{criteria.Count} criteria need as many answers, and one at least.");
        }

        var (worth, weight) = (0.0, 0.0);
        for (var i = 0; i < criteria.Count; i++)
        {
            if (choices[i] < 0 || choices[i] >= criteria[i].Choices.Count)
            {
                throw new ArgumentOutOfRangeException(nameof(choices), choices[i], $"Criterion {criteria[i].Name} has {criteria[i].Choices.Count} choices.");
            }

            worth += criteria[i].Weight * criteria[i].Worth(choices[i]);
            weight += criteria[i].Weight;
        }

        return worth / weight;
    }
}
