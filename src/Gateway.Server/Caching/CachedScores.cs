using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>The stored scores of one unit, as a reply takes them: a hit in this process makes nothing new.</summary>
/// <param name="results">The scores, one per response, without the times of the run that made them.</param>
/// <param name="generation">The generation that was in force when they were asked for.</param>
/// <param name="ttl">How long they are kept.</param>
internal sealed class CachedScores(IReadOnlyList<ScoreResult> results, long generation, TimeSpan ttl)
{
    /// <summary>The scores, one per response.</summary>
    public IReadOnlyList<ScoreResult> Results { get; } = results;

    /// <summary>The generation that was in force when they were asked for.</summary>
    public long Generation { get; } = generation;

    /// <summary>How long they are kept.</summary>
    public TimeSpan Ttl { get; } = ttl;

    /// <summary>When this process forgets them, in milliseconds since 1970; set by the tier that remembers them.</summary>
    public long ExpiresAt { get; set; }

    /// <summary>What a model gave, as it is stored; null where a response has no score, or one that may turn out to be none: neither is ever stored.</summary>
    public static IReadOnlyList<ScoreResult>? Storable(IReadOnlyList<ScoreResult> results)
    {
        var stored = new ScoreResult[results.Count];
        for (var i = 0; i < stored.Length; i++)
        {
            if (results[i].Score is not { IsProvisional: false } score)
            {
                return null;
            }

            stored[i] = new Score(score.Value, score.Tokens, score.Truncated, timings: default) { Steps = score.Steps };
        }

        return stored;
    }
}
