using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Caching;

/// <summary>Stored scores: this process's memory first, then Redis where there is one. Whatever goes wrong is a miss.</summary>
internal sealed class ScoreCache(ProcessTier process, RedisTier redis, RedisWriter writer, CacheLayout layout, CacheMetrics metrics)
{
    /// <summary>Gives each unit without a result the one that is stored; one lookup in Redis for all that this process does not remember.</summary>
    public async ValueTask FindAsync(KeyedUnits units, CancellationToken cancellation)
    {
        FindInProcess(units);
        if (units.Missing == 0)
        {
            return;
        }

        var found = await redis.FindAsync(units, cancellation);
        // They live here for as long as they have left, but no longer than if they were made now: clocks differ.
        var latest = layout.ExpiresAt(units.Entry);
        for (var i = 0; i < found.Count; i++)
        {
            var (unit, scores) = found[i];
            process.Store(units.Keys[unit], scores.ExpiresAt <= latest ? scores : scores with { ExpiresAt = latest });
        }

        metrics.HitsInRedis(found.Count);
        metrics.Misses(units.Missing);
    }

    /// <summary>The same from this process's memory alone.</summary>
    public void FindInProcess(KeyedUnits units) => metrics.HitsInProcess(process.Find(units));

    /// <summary>The generation in force for a model's scores, to be asked for before they are scored.</summary>
    public long Generation(ModelEntry entry) => process.Generation(entry);

    /// <summary>Stores a unit's scores in both tiers. Failures are never stored, nor is what is too large or provisional.</summary>
    public void Store(ModelEntry entry, in ScoreKey key, IReadOnlyList<ScoreResult> results, IReadOnlyList<HardeningFinding> findings, long generation)
    {
        if (CachedScores.Storable(results) is not { } storable)
        {
            metrics.Dropped(results.Any(result => result.Score is { IsProvisional: true }) ? 1 : 0, DropReason.Provisional);
            return;
        }

        var scores = new CachedScores(storable, findings, generation, layout.ExpiresAt(entry));
        if (!layout.Fits(scores))
        {
            metrics.Dropped(1, DropReason.TooLarge);
            return;
        }

        metrics.StoredInProcess(process.Store(key, scores) ? 1 : 0);
        writer.Store(key, scores);
    }
}
