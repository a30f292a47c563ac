using Gateway.Server.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Looks for scores in Redis: one pipelined request for all units and the generations in force, one deadline, and whatever goes wrong is a miss. In a
/// Cluster each node answers for itself.
/// </summary>
internal sealed class RedisTier(
    RedisConnection connection, RedisNodes nodes, RedisHealth health, CacheLayout layout, Generations generations, GenerationValues values, CacheMetrics metrics)
{
    /// <summary>Gives each unit without a result the one that Redis has. Returns which those were, as they were stored.</summary>
    public async ValueTask<IReadOnlyList<(int Unit, CachedScores Scores)>> FindAsync(KeyedUnits units, CancellationToken cancellation)
    {
        if (connection.Database is not { } database)
        {
            return [];
        }

        var lookup = new RedisLookup(database, units, CacheScope.Of(units.Entry), health.Timestamp, cancellation);
        var calls = new NodeCalls(health);
        try
        {
            await (nodes.IsCluster ? AskClusterAsync(lookup, calls) : AskOneAsync(lookup, calls));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The client has left; Redis is not to blame.
            return lookup.Found;
        }

        if (calls.End())
        {
            metrics.LookedUp(health.Since(lookup.Started));
        }

        return lookup.Found;
    }

    private async Task AskOneAsync(RedisLookup lookup, NodeCalls calls)
    {
        var (missing, keys, scopes) = (lookup.Missing, lookup.Units.Keys, lookup.Scopes);
        var names = new RedisKey[scopes.Length + missing.Length];
        for (var i = 0; i < scopes.Length; i++)
        {
            names[i] = values.NameOf(scopes[i]);
        }

        for (var i = 0; i < missing.Length; i++)
        {
            names[scopes.Length + i] = layout.Keys.Of(keys[missing[i]]);
        }

        await calls.TakeAsync(calls.Ask(nodes.OfGenerations, lookup, names), found =>
        {
            Learn(scopes, found);
            Take(lookup, missing, found.AsSpan(scopes.Length));
        });
    }

    private async Task AskClusterAsync(RedisLookup lookup, NodeCalls calls)
    {
        var (keys, scopes) = (lookup.Units.Keys, lookup.Scopes);
        var inForce = calls.Ask(nodes.OfGenerations, lookup, [.. scopes.Select(values.NameOf)]);
        var groups = lookup.Missing.GroupBy(unit => RedisKeys.TagOf(keys[unit]))
            .Select(group => (Units: group.ToArray(), Asked: calls.Ask(nodes.Of(group.Key), lookup, [.. group.Select(unit => layout.Keys.Of(keys[unit]))])))
            .ToArray();

        // Where their node is away, those last heard decide, as they do in this process's own memory.
        await calls.TakeAsync(inForce, found => Learn(scopes, found));
        var canTell = Array.TrueForAll(scopes, generations.WasHeard);
        foreach (var (units, asked) in groups)
        {
            await calls.TakeAsync(asked, found => Take(lookup, canTell ? units : [], found));
        }
    }

    private void Learn(CacheScope[] scopes, RedisValue[] inForce)
    {
        for (var i = 0; i < scopes.Length; i++)
        {
            generations.Learn(scopes[i], values.Read(scopes[i], inForce[i]));
        }
    }

    private void Take(RedisLookup lookup, int[] asked, ReadOnlySpan<RedisValue> found)
    {
        var units = lookup.Units;
        var generation = generations.Of(units.Entry.Model.Name, units.Entry.Model.Revision);
        var bytes = 0L;
        // A reply that is shorter than what was asked is none.
        for (var i = 0; i < asked.Length && found.Length == asked.Length; i++)
        {
            if (found[i].IsNull)
            {
                continue;
            }

            ReadOnlyMemory<byte> value = found[i];
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
}
