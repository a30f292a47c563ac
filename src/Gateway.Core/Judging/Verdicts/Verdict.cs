using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>What a judge stated, by kind; there is no kind for what it did not state.</summary>
/// <param name="Critique">The judge's reason in its own words; null where the format has none.</param>
public abstract record Verdict(string? Critique)
{
    /// <summary>A whole number on the format's scale.</summary>
    /// <param name="Score">The number.</param>
    /// <param name="Critique">The reason.</param>
    public sealed record Number(int Score, string? Critique) : Verdict(Critique);

    /// <summary>Which of two responses is better; never undecided.</summary>
    /// <param name="Better">The better one, or a tie.</param>
    /// <param name="IsStrong">True where the format tells much better from better, and the judge said much.</param>
    /// <param name="Critique">The reason.</param>
    public sealed record Choice(Preference Better, bool IsStrong, string? Critique) : Verdict(Critique);

    /// <summary>Right or wrong, yes or no.</summary>
    /// <param name="IsTrue">True for right or yes.</param>
    /// <param name="Critique">The reason.</param>
    public sealed record Truth(bool IsTrue, string? Critique) : Verdict(Critique);

    /// <summary>A score and a place for each response.</summary>
    /// <param name="Scores">The scores, in the order of the ids that were asked for.</param>
    /// <param name="Ranking">The places in that order, from the best to the worst.</param>
    /// <param name="Critique">The reason.</param>
    public sealed record Listing(IReadOnlyList<int> Scores, IReadOnlyList<int> Ranking, string? Critique) : Verdict(Critique);
}
