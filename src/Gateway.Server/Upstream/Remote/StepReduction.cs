namespace Gateway.Server.Upstream.Remote;

/// <summary>How the scores of a response's steps become one.</summary>
internal enum StepReduction
{
    /// <summary>The worst step's.</summary>
    Min,

    /// <summary>The last step's.</summary>
    Last,

    /// <summary>The mean of the probabilities.</summary>
    Mean,

    /// <summary>The product of the probabilities.</summary>
    Product,
}

/// <summary>
/// Reduces steps' log-odds to the log-odds of the reduced probability, so that a sigmoid at the edge gives that probability. Pure; finite for
/// finite log-odds of any size that a float holds.
/// </summary>
internal static class StepReductions
{
    /// <summary>One number for all steps.</summary>
    public static double Reduce(this StepReduction reduction, IReadOnlyList<double> logOdds) => reduction switch
    {
        StepReduction.Min => logOdds.Min(),
        StepReduction.Last => logOdds[^1],
        StepReduction.Mean => LogSumExp([.. logOdds.Select(LogGood)]) - LogSumExp([.. logOdds.Select(odds => LogGood(-odds))]),
        StepReduction.Product when logOdds.Count == 1 => logOdds[0],
        StepReduction.Product => LogOddsOfProduct(logOdds),
        _ => throw new ArgumentOutOfRangeException(nameof(reduction), reduction, null),
    };

    /// <summary>log Σ exp, without overflow.</summary>
    public static double LogSumExp(IReadOnlyList<double> values)
    {
        var most = values.Max();
        return most + Math.Log(values.Sum(value => Math.Exp(value - most)));
    }

    // log sigmoid(x), exact at both ends.
    private static double LogGood(double logOdds) => logOdds < 0
        ? logOdds - Log1P(Math.Exp(logOdds))
        : -Log1P(Math.Exp(-logOdds));

    // From log p to log p − log(1 − p); where p rounds to 1, 1 − p is the sum of the single steps' 1 − p.
    private static double LogOddsOfProduct(IReadOnlyList<double> logOdds) => logOdds.Sum(LogGood) switch
    {
        > -1e-9 => -LogSumExp([.. logOdds.Select(odds => -odds)]),
        > -0.693 and var logP => logP - Math.Log(-ExpM1(logP)),
        var logP => logP - Log1P(-Math.Exp(logP)),
    };

    // Kahan's: exact to rounding where x is tiny, which Math.Log(1 + x) is not.
    private static double Log1P(double x)
    {
        var u = 1 + x;
        return u == 1 ? x : Math.Log(u) * (x / (u - 1));
    }

    private static double ExpM1(double x)
    {
        var u = Math.Exp(x);
        return u == 1 ? x : u - 1 == -1 ? -1 : (u - 1) * (x / Math.Log(u));
    }
}
