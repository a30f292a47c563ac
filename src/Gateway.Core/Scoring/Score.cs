namespace Gateway.Core.Scoring;

/// <summary>
/// A real score: what a model gave for one response. It cannot hold NaN or an infinity. What stores scores takes them apart by position, so a new
/// part breaks the build there until it is stored or waived.
/// </summary>
/// <param name="Value">The raw logit or judged value; activation is applied at the edge, per dialect.</param>
/// <param name="Tokens">Tokens that the model read.</param>
/// <param name="Truncated">True where the text was cut to the model's length.</param>
/// <param name="Timings">Where the time went.</param>
/// <param name="Steps">The raw values of the response's steps, in order, where the model judges steps; all finite.</param>
/// <param name="IsProvisional">True where it may turn out that the number is none, or that a better one can be had: it is given, and not stored.</param>
/// <param name="Judgement">How a judge came to it; null for a scalar model's.</param>
/// <exception cref="ArgumentOutOfRangeException">A value is NaN or infinite.</exception>
public sealed record Score(
    double Value, int Tokens, bool Truncated, ScoreTimings Timings, IReadOnlyList<double>? Steps = null, bool IsProvisional = false,
    Judgement? Judgement = null)
{
    /// <summary>The raw logit or judged value; activation is applied at the edge, per dialect.</summary>
    public double Value { get; } = double.IsFinite(Value) ? Value : throw new ArgumentOutOfRangeException(nameof(Value), Value, "A score is a finite number.");

    /// <summary>The raw values of the response's steps, in order, where the model judges steps; all finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is NaN or infinite.</exception>
    public IReadOnlyList<double>? Steps { get; init => field = Finite(value); } = Finite(Steps);

    private static IReadOnlyList<double>? Finite(IReadOnlyList<double>? steps) => steps is null || steps.All(double.IsFinite)
        ? steps
        : throw new ArgumentOutOfRangeException(nameof(Steps), "Scores of steps are finite numbers.");
}
