namespace Gateway.Core.Aggregation;

/// <summary>How much jurors disagree about each response of a group, whatever scale each of them uses (after Adv-RM, arXiv 2504.06141).</summary>
public static class Disagreement
{
    /// <summary>
    /// Per response the population standard deviation of the jurors' z-scores, each juror's taken over the group; a juror who gives all responses the
    /// same score says 0 of each.
    /// </summary>
    /// <param name="jurors">Per juror one score for each response.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no juror, the jurors scored different numbers of responses, or a score is not finite.</exception>
    public static IReadOnlyList<double> Of(IReadOnlyList<IReadOnlyList<double>> jurors)
    {
        if (jurors.Count == 0 || jurors.Any(juror => juror.Count != jurors[0].Count))
        {
            throw new ArgumentOutOfRangeException(nameof(jurors), "There must be one juror at least, and each must score every response.");
        }

        var standard = jurors.Select(Standardised).ToArray();
        return [.. Enumerable.Range(0, jurors[0].Count).Select(response => Spread.Deviation([.. standard.Select(juror => juror[response])]))];
    }

    /// <summary>The z-score of each value over all of them; 0 for each where all are the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no value, or one is not finite.</exception>
    public static IReadOnlyList<double> Standardised(IReadOnlyList<double> values)
    {
        var (mean, deviation) = (Spread.Mean(values), Spread.Deviation(values));
        return [.. values.Select(value => deviation > 0 ? (value - mean) / deviation : 0)];
    }
}
