using Gateway.Server.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Asks Redis twice a second which generations are in force, so that no replica answers with dropped scores for longer, puts back those that Redis
/// lost, and is the probe of all breakers, so that no user's request is one.
/// </summary>
internal sealed class RedisWatch(
    RedisConnection connection, RedisNodes nodes, RedisHealth health, Generations generations, GenerationValues values, ModelRegistry models, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MapPeriod = TimeSpan.FromSeconds(5);

    // A Redis that is too slow for users still says what was dropped.
    private bool _answers;

    /// <summary>Begins a new generation and tells Redis: <c>told</c>, <c>none</c> where there is no Redis, or <c>pending</c> where it is told as soon as it can be.</summary>
    public async Task<(long Generation, string Told)> DropAsync(CacheScope scope)
    {
        if (!connection.IsConfigured)
        {
            return (generations.Begin(scope), "none");
        }

        try
        {
            if (connection.Database is { } database)
            {
                // Another replica's clock may be ahead; what it stored since is older than this drop all the same.
                generations.Learn(scope, values.Read(scope, await health.InSecondAsync(database.StringGetAsync(values.NameOf(scope)))));
                var generation = generations.Begin(scope);
                await health.InSecondAsync(database.StringSetAsync(values.NameOf(scope), values.Write(scope, generation)));
                return (generation, "told");
            }
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            // The next look finds Redis behind, and tells it then.
        }

        return (generations.Begin(scope), "pending");
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!connection.IsConfigured)
        {
            return;
        }

        // Apart: a server that hangs must not delay the news of drops that another has.
        await Task.WhenAll(
            EachAsync(Period, LookAsync, stoppingToken),
            EachAsync(Period, ProbeAsync, stoppingToken),
            EachAsync(MapPeriod, _ => nodes.RefreshAsync(), stoppingToken));
    }

    private async Task EachAsync(TimeSpan period, Func<IDatabase, Task> act, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(period, clock);
        do
        {
            if (connection.Database is { } database)
            {
                await act(database);
            }
        }
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task LookAsync(IDatabase database)
    {
        nodes.Discover();
        var node = nodes.OfGenerations;
        var hasSay = node.Lookups.TryEnter(out var pass) || node.Lookups.TryProbe(out pass);
        if (!hasSay && !_answers)
        {
            return;
        }

        try
        {
            CacheScope[] scopes = [.. models.Entries.SelectMany(CacheScope.Of).Concat(generations.Scopes).Distinct()];
            var started = health.Timestamp;
            var found = await health.InSecondAsync(database.StringGetAsync([.. scopes.Select(values.NameOf)]));
            _answers = true;
            if (hasSay && health.IsInTime(started))
            {
                node.Lookups.Succeeded(pass);
            }
            else if (hasSay)
            {
                health.LookupFailed(node, pass, new TimeoutException());
            }

            for (var i = 0; i < scopes.Length; i++)
            {
                await SettleAsync(database, node, scopes[i], values.Read(scopes[i], found[i]));
            }
        }
        catch (Exception e)
        {
            _answers = false;
            if (hasSay)
            {
                health.LookupFailed(node, pass, e);
            }
        }
    }

    /// <summary>The higher of what Redis and this process know becomes what both know.</summary>
    private async Task SettleAsync(IDatabase database, RedisNode node, CacheScope scope, long inRedis)
    {
        generations.Learn(scope, inRedis);
        var known = generations.Of(scope);
        if (known <= inRedis || !node.Writes.TryEnter(out var pass))
        {
            return;
        }

        try
        {
            await health.InSecondAsync(database.StringSetAsync(values.NameOf(scope), values.Write(scope, known)));
            node.Writes.Succeeded(pass);
        }
        catch (Exception e)
        {
            health.WriteFailed(node, pass, e);
        }
    }

    private Task ProbeAsync(IDatabase database) =>
        Task.WhenAll(nodes.All.Select(async node => await Task.WhenAll(ProbeLookupsAsync(database, node), ProbeWritesAsync(database, node))));

    private async Task ProbeLookupsAsync(IDatabase database, RedisNode node)
    {
        // The look at the generations is the probe of the server that has them.
        if (node == nodes.OfGenerations || !node.Lookups.TryProbe(out var pass))
        {
            return;
        }

        try
        {
            await health.InTimeAsync(database.StringGetAsync(nodes.ProbeOf(node)), health.Timestamp, CancellationToken.None);
            node.Lookups.Succeeded(pass);
        }
        catch (Exception e)
        {
            health.LookupFailed(node, pass, e);
        }
    }

    private async Task ProbeWritesAsync(IDatabase database, RedisNode node)
    {
        if (!node.Writes.TryProbe(out var pass))
        {
            return;
        }

        try
        {
            await health.InSecondAsync(database.StringSetAsync(nodes.ProbeOf(node), 1, TimeSpan.FromSeconds(10)));
            node.Writes.Succeeded(pass);
        }
        catch (Exception e)
        {
            health.WriteFailed(node, pass, e);
        }
    }
}
