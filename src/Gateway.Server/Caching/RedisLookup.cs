using Gateway.Server.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>One request's look into Redis.</summary>
/// <param name="database">Where to look.</param>
/// <param name="units">What is looked for.</param>
/// <param name="scopes">Whose generations decide.</param>
/// <param name="started">When it began, for the one deadline.</param>
/// <param name="cancellation">The client left.</param>
internal sealed class RedisLookup(IDatabase database, KeyedUnits units, CacheScope[] scopes, long started, CancellationToken cancellation)
{
    /// <summary>Where to look.</summary>
    public IDatabase Database => database;

    /// <summary>What is looked for.</summary>
    public KeyedUnits Units => units;

    /// <summary>The units without a result when it began.</summary>
    public int[] Missing { get; } = units.WithoutResult();

    /// <summary>Whose generations decide.</summary>
    public CacheScope[] Scopes => scopes;

    /// <summary>When it began.</summary>
    public long Started => started;

    /// <summary>Fires when the client left.</summary>
    public CancellationToken Cancellation => cancellation;

    /// <summary>What was found so far.</summary>
    public List<(int Unit, CachedScores Scores)> Found { get; } = [];
}
