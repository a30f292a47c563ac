namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>A score weighted by the probability of each number of a scale.</summary>
/// <param name="Mean">Σ k·p(k), over what is covered; from the lowest to the highest number of the scale.</param>
/// <param name="Variance">Σ p(k)·(k − mean)², over what is covered.</param>
/// <param name="Mass">The probability that is covered, from 0 to 1.</param>
public sealed record DigitExpectation(double Mean, double Variance, double Mass);
