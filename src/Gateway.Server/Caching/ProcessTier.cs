using BitFaster.Caching.Lru;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>What this process remembers: the scores of the units used of late, so many and no more.</summary>
internal sealed class ProcessTier
{
    private const int Fewest = 3;

    private readonly Generations _generations;
    private readonly TimeProvider _clock;
    private readonly FastConcurrentLru<ScoreKey, CachedScores>? _entries;

    /// <summary>Makes an empty memory.</summary>
    public ProcessTier(IOptions<CacheOptions> options, Generations generations, CacheMetrics metrics, TimeProvider clock)
    {
        _generations = generations;
        _clock = clock;
        _entries = options.Value.Entries == 0 ? null : new FastConcurrentLru<ScoreKey, CachedScores>(Math.Max(options.Value.Entries, Fewest));
        metrics.Meter.CreateObservableGauge("gateway.cache.entries", () => Count, description: "Units that this process remembers.");
    }

    /// <summary>Units remembered now.</summary>
    public int Count => _entries?.Count ?? 0;

    /// <summary>The generation in force for a model's scores.</summary>
    public long Generation(ModelEntry entry) => _generations.Of(entry.Model.Name, entry.Model.Revision);

    /// <summary>Gives each unit without a result the one that is remembered, and returns how many those were.</summary>
    public int Find(KeyedUnits units)
    {
        if (_entries is null)
        {
            return 0;
        }

        var now = _clock.GetUtcNow().ToUnixTimeMilliseconds();
        var generation = Generation(units.Entry);
        var found = 0;
        for (var unit = 0; unit < units.Keys.Length; unit++)
        {
            if (!units.Has(unit) && _entries.TryGet(units.Keys[unit], out var scores)
                && scores.ExpiresAt > now && scores.Generation >= generation && scores.Responses.Length == units.Responses(unit))
            {
                units.SetStored(unit, scores);
                found++;
            }
        }

        return found;
    }

    /// <summary>Remembers a unit's scores; false where this process remembers nothing.</summary>
    public bool Store(in ScoreKey key, CachedScores scores)
    {
        _entries?.AddOrUpdate(key, scores);
        return _entries is not null;
    }
}
