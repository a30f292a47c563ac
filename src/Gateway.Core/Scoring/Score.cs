namespace Gateway.Core.Scoring;

/// <summary>A real score: what a model gave for one response. It cannot hold NaN or an infinity.</summary>
public sealed record Score
{
    /// <summary>Makes a score.</summary>
    /// <param name="value">The raw logit or judged value.</param>
    /// <param name="tokens">Tokens that the model read.</param>
    /// <param name="truncated">True where the text was cut to the model's length.</param>
    /// <param name="timings">Where the time went.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public Score(double value, int tokens, bool truncated, ScoreTimings timings)
    {
        Value = double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A score is a finite number.");
        Tokens = tokens;
        Truncated = truncated;
        Timings = timings;
    }

    /// <summary>The raw logit or judged value; activation is applied at the edge, per dialect.</summary>
    public double Value { get; }

    /// <summary>The raw values of the response's steps, in order, where the model judges steps; all finite.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is NaN or infinite.</exception>
    public IReadOnlyList<double>? Steps
    {
        get;
        init => field = value is null || value.All(double.IsFinite)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Steps), "Scores of steps are finite numbers.");
    }

    /// <summary>True where it may turn out that the number is none: it is given, and not stored.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Tokens that the model read.</summary>
    public int Tokens { get; }

    /// <summary>True where the text was cut to the model's length.</summary>
    public bool Truncated { get; }

    /// <summary>Where the time went.</summary>
    public ScoreTimings Timings { get; }
}
