using Gateway.Server.Scoring;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Asks Redis twice a second which generations are in force, so that no replica answers with dropped scores for longer, puts back those that Redis
/// lost, and is the probe of both breakers, so that no user's request is one.
/// </summary>
internal sealed class RedisWatch(
    RedisConnection connection, RedisHealth health, CacheLayout layout, Generations generations, ModelRegistry models, TimeProvider clock)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

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
                generations.Learn(scope, Number(await health.InSecondAsync(database.StringGetAsync(layout.Keys.Of(scope)))));
                var generation = generations.Begin(scope);
                await health.InSecondAsync(database.StringSetAsync(layout.Keys.Of(scope), generation));
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

        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            if (connection.Database is { } database)
            {
                await LookAsync(database);
                await ProbeWritesAsync(database);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task LookAsync(IDatabase database)
    {
        var hasSay = health.Lookups.TryEnter(out var pass) || health.Lookups.TryProbe(out pass);
        if (!hasSay && !_answers)
        {
            return;
        }

        try
        {
            health.IsCluster = connection.IsCluster;
            CacheScope[] scopes = [.. models.Entries.SelectMany(CacheScope.Of).Concat(generations.Scopes).Distinct()];
            var started = health.Timestamp;
            var values = await health.InSecondAsync(database.StringGetAsync([.. scopes.Select(scope => layout.Keys.Of(scope))]));
            _answers = true;
            if (hasSay && health.IsInTime(started))
            {
                health.Lookups.Succeeded(pass);
            }
            else if (hasSay)
            {
                health.LookupFailed(pass, new TimeoutException());
            }

            for (var i = 0; i < scopes.Length; i++)
            {
                await SettleAsync(database, scopes[i], Number(values[i]));
            }
        }
        catch (Exception e)
        {
            _answers = false;
            if (hasSay)
            {
                health.LookupFailed(pass, e);
            }
        }
    }

    /// <summary>The higher of what Redis and this process know becomes what both know.</summary>
    private async Task SettleAsync(IDatabase database, CacheScope scope, long inRedis)
    {
        generations.Learn(scope, inRedis);
        var known = generations.Of(scope);
        if (known <= inRedis || !health.Writes.TryEnter(out var pass))
        {
            return;
        }

        try
        {
            await health.InSecondAsync(database.StringSetAsync(layout.Keys.Of(scope), known));
            health.Writes.Succeeded(pass);
        }
        catch (Exception e)
        {
            health.WriteFailed(pass, e);
        }
    }

    private async Task ProbeWritesAsync(IDatabase database)
    {
        if (!health.Writes.TryProbe(out var pass))
        {
            return;
        }

        try
        {
            await health.InSecondAsync(database.StringSetAsync(layout.Keys.Probe, 1, TimeSpan.FromSeconds(10)));
            health.Writes.Succeeded(pass);
        }
        catch (Exception e)
        {
            health.WriteFailed(pass, e);
        }
    }

    // An absent one, or what is no number, is the beginning.
    private static long Number(RedisValue value) => value.TryParse(out long number) ? number : 0;
}
