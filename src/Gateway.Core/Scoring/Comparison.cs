namespace Gateway.Core.Scoring;

/// <summary>What a pairwise model said of two responses of one item.</summary>
/// <param name="A">The one response's index.</param>
/// <param name="B">The other's, above it.</param>
/// <param name="OfA">The share of the preference that A has: 1 where it is the better one, 0 where B is; or why there is none.</param>
public sealed record Comparison(int A, int B, ScoreResult OfA)
{
    /// <summary>Which is better; null where the comparison failed.</summary>
    public Preference? Verdict => OfA switch
    {
        { IsFailure: true } => null,
        { Score.Value: > 0.5 } => Preference.First,
        { Score.Value: < 0.5 } => Preference.Second,
        { IsScore: true } => Preference.Tie,
        _ => Preference.Undecided,
    };

    /// <summary>The share of a response that takes part; only where there is a score.</summary>
    public double ShareOf(int response) => response == A ? OfA.Score!.Value : 1 - OfA.Score!.Value;
}

/// <summary>Which of two responses is better.</summary>
public enum Preference
{
    /// <summary>The first.</summary>
    First,

    /// <summary>The second.</summary>
    Second,

    /// <summary>Neither: the judge says that they are equally good.</summary>
    Tie,

    /// <summary>The judge contradicts itself.</summary>
    Undecided,
}
