namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>RewardAnything (arXiv 2506.03637): <c>{"scores": {id: 1..5}, "best-to-worst": [ids]}</c>.</summary>
internal static class RewardAnythingFormat
{
    /// <summary>Every id once in both, and no lower score before a higher one.</summary>
    public static IVerdictFormat Listwise { get; } = new JsonFormat("reward-anything", ["scores", "best-to-worst"], (verdict, source) =>
    {
        var scores = verdict.Scores("scores", source.Ids, 1, 5);
        return new Verdict.Listing(scores, verdict.Ranking("best-to-worst", source.Ids, scores), Critique: null);
    });
}
