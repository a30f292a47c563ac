namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>How a judge stands between yes and no.</summary>
/// <param name="LogOdds">ln P(yes) − ln P(no).</param>
/// <param name="Bound">Whether that is the value, or one that the true value does not pass.</param>
/// <param name="Mass">The probability of the listed yes and no together, from 0 to 1.</param>
public sealed record YesNo(double LogOdds, YesNoBound Bound, double Mass)
{
    /// <summary>P(yes) ÷ (P(yes) + P(no)) = σ(<see cref="LogOdds"/>), from 0 to 1; bounded like it.</summary>
    public double Probability => 1 / (1 + Math.Exp(-LogOdds));
}
