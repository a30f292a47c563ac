using Gateway.Core.Rubrics;

namespace Gateway.Core.Aggregation;

/// <summary>One juror, as a jury's manifest declares it.</summary>
/// <param name="Name">Its name in this jury.</param>
/// <param name="Model">The served model that it is.</param>
/// <param name="Weight">How much it counts, above 0.</param>
public sealed record Juror(string Name, string Model, double Weight = 1)
{
    /// <summary>What it alone is told to value, which makes a judge a persona; null for nothing of its own.</summary>
    public Principle? Principle { get; init; }

    /// <summary>The scale of its raw scores; null where that is the jury's.</summary>
    public ScoreRange? Range { get; init; }

    /// <summary>What its raw scores are like; null where nobody said.</summary>
    public ScoreCalibration? Calibration { get; init; }
}
