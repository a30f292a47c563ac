using Gateway.Server.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Looks for scores in Redis: one pipelined request for all units and the generations in force, one deadline, and whatever goes wrong is a miss.
/// </summary>
internal sealed class RedisTier(RedisConnection connection, RedisHealth health, CacheLayout layout, Generations generations, CacheMetrics metrics)
{
    /// <summary>Gives each unit without a result the one that Redis has. Returns which those were, as they were stored.</summary>
    public async ValueTask<IReadOnlyList<(int Unit, CachedScores Scores)>> FindAsync(KeyedUnits units, CancellationToken cancellation)
    {
        if (connection.Database is not { } database || !health.Lookups.TryEnter(out var pass))
        {
            return [];
        }

        var lookup = new Lookup(database, units, health.Timestamp, cancellation);
        try
        {
            await (health.IsCluster ? AskClusterAsync(lookup) : AskOneAsync(lookup));
            health.Lookups.Succeeded(pass);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The client has left; Redis is not to blame.
        }
        catch (Exception e)
        {
            // Whatever it is: scoring does not depend on Redis.
            health.LookupFailed(pass, e);
        }

        metrics.LookedUp(health.Since(lookup.Started));
        return lookup.Found;
    }

    private async Task AskOneAsync(Lookup lookup)
    {
        var (missing, keys) = (lookup.Missing, lookup.Units.Keys);
        var scopes = CacheScope.Of(lookup.Units.Entry);
        var names = new RedisKey[scopes.Length + missing.Length];
        for (var i = 0; i < scopes.Length; i++)
        {
            names[i] = layout.Keys.Of(scopes[i]);
        }

        for (var i = 0; i < missing.Length; i++)
        {
            names[scopes.Length + i] = layout.Keys.Of(keys[missing[i]]);
        }

        var values = await health.InTimeAsync(lookup.Database.StringGetAsync(names), lookup.Started, lookup.Cancellation);
        Learn(scopes, values);
        Take(lookup, missing, values.AsSpan(scopes.Length));
    }

    private async Task AskClusterAsync(Lookup lookup)
    {
        var scopes = CacheScope.Of(lookup.Units.Entry);
        var inForce = AskAsync(lookup, [.. scopes.Select(scope => layout.Keys.Of(scope))]);
        var groups = lookup.Missing.GroupBy(unit => RedisKeys.TagOf(lookup.Units.Keys[unit]))
            .Select(group => (Units: group.ToArray(), Values: AskAsync(lookup, [.. group.Select(unit => layout.Keys.Of(lookup.Units.Keys[unit]))])))
            .ToArray();
        // Without the generations no value can be told from a dropped one.
        Learn(scopes, await inForce);
        Exception? failed = null;
        foreach (var (asked, values) in groups)
        {
            try
            {
                Take(lookup, asked, await values);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                failed = e;
            }
        }

        // One node that fails at once costs nothing and is a miss; one that hangs costs every request its deadline.
        if (failed is TimeoutException || (failed is not null && lookup.Found.Count == 0))
        {
            throw failed;
        }
    }

    private async Task<RedisValue[]> AskAsync(Lookup lookup, RedisKey[] names) =>
        await health.InTimeAsync(lookup.Database.StringGetAsync(names), lookup.Started, lookup.Cancellation);

    private void Learn(CacheScope[] scopes, RedisValue[] values)
    {
        for (var i = 0; i < scopes.Length; i++)
        {
            if (values[i].TryParse(out long generation))
            {
                generations.Learn(scopes[i], generation);
            }
        }
    }

    private void Take(Lookup lookup, int[] asked, ReadOnlySpan<RedisValue> values)
    {
        var units = lookup.Units;
        var generation = generations.Of(units.Entry.Model.Name, units.Entry.Model.Revision);
        var bytes = 0L;
        // A reply that is shorter than what was asked is none.
        for (var i = 0; i < asked.Length && values.Length == asked.Length; i++)
        {
            if (values[i].IsNull)
            {
                continue;
            }

            ReadOnlyMemory<byte> value = values[i];
            bytes += value.Length;
            var fault = layout.Payload.TryRead(value.Span, units.Keys[asked[i]], units.Responses(asked[i]), out var scores);
            fault = fault == PayloadFault.None && scores.Generation < generation ? PayloadFault.Generation : fault;
            if (fault == PayloadFault.None)
            {
                units.SetStored(asked[i], scores);
                lookup.Found.Add((asked[i], scores));
            }
            else
            {
                metrics.Rejected(fault);
            }
        }

        metrics.Read(bytes);
    }

    /// <summary>One request's look into Redis.</summary>
    private sealed class Lookup(IDatabase database, KeyedUnits units, long started, CancellationToken cancellation)
    {
        public IDatabase Database { get; } = database;

        public KeyedUnits Units { get; } = units;

        public int[] Missing { get; } = units.WithoutResult();

        public long Started { get; } = started;

        public CancellationToken Cancellation { get; } = cancellation;

        public List<(int Unit, CachedScores Scores)> Found { get; } = [];
    }
}
