using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>How a response did against control answers.</summary>
/// <param name="Outcome">Whether it did better.</param>
/// <param name="Set">The name of the set.</param>
/// <param name="Margin">By how much it had to.</param>
/// <param name="Answers">What each control got.</param>
internal sealed record ControlCheck(ControlOutcome Outcome, string Set, double Margin, IReadOnlyList<ControlAnswer> Answers);

/// <summary>What one control got.</summary>
/// <param name="Answer">The control.</param>
/// <param name="Result">Its score, or why it has none; for a model that compares, its share of the comparison with the response.</param>
/// <param name="IsCached">True where a stored score answered.</param>
internal readonly record struct ControlAnswer(string Answer, ScoreResult Result, bool IsCached);

/// <summary>Whether a response did better than answers known to be bad.</summary>
internal enum ControlOutcome
{
    /// <summary>It did, or the judge gave none of them anything.</summary>
    Cleared,

    /// <summary>It did not.</summary>
    NotCleared,

    /// <summary>A control has no score, and the others do not settle it.</summary>
    Unchecked,
}

/// <summary>The names of outcomes.</summary>
internal static class ControlOutcomes
{
    /// <summary>An outcome as replies and metrics spell it.</summary>
    public static string ToName(this ControlOutcome outcome) => outcome switch
    {
        ControlOutcome.Cleared => "cleared",
        ControlOutcome.NotCleared => "not_cleared",
        _ => "unchecked",
    };
}
