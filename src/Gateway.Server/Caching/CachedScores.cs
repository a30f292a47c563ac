using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Caching;

/// <summary>The stored scores of one unit, as a reply takes them: a hit in this process makes nothing new.</summary>
/// <param name="Results">The scores, one per response, without the times of the run that made them.</param>
/// <param name="Findings">What the hardening rules found in the unit's text.</param>
/// <param name="Generation">The generation that was in force when they were asked for.</param>
/// <param name="ExpiresAt">When they are forgotten, in milliseconds since 1970.</param>
internal sealed record CachedScores(IReadOnlyList<ScoreResult> Results, IReadOnlyList<HardeningFinding> Findings, long Generation, long ExpiresAt)
{
    /// <summary>What the responses got, as replies take it; made once, since what is asked for again is asked for often.</summary>
    public ScoredResponse[] Responses => field ??= ScoredResponse.Of(Results, Findings, isCached: true);

    /// <summary>What a model gave, as it is stored; null where a response has no score, or a provisional one: neither is ever stored.</summary>
    public static IReadOnlyList<ScoreResult>? Storable(IReadOnlyList<ScoreResult> results)
    {
        var stored = new ScoreResult[results.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            if (results[i].Score is not { IsProvisional: false } score)
            {
                return null;
            }

            // What it took was taken once; who finds it stored pays nothing.
            stored[i] = score with { Timings = default, Judgement = score.Judgement is { } judgement ? judgement with { Usage = default } : null };
        }

        return stored;
    }
}
