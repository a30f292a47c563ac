using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Load;
using Gateway.LoadTests.Processes;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Caching;

/// <summary>The routes over HTTP: stored scores of one gateway's own memory, and of Redis by way of the other.</summary>
internal sealed class CacheLoads(
    ServerProcess remembers, ServerProcess asks, ServerProcess redis, OpenLoopRunner runner, string model, int items) : IDisposable
{
    /// <summary>The kind of route whose scores lie in the gateway's own memory.</summary>
    public const string Process = "process";

    /// <summary>The kind of route whose scores lie in Redis.</summary>
    public const string Redis = "redis";

    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    private readonly List<IDisposable> _owned = [];

    /// <summary>Both tiers in each size of batch and each spelling, and one caller that asks for one score at a time.</summary>
    public IEnumerable<CacheRoute> Routes(int[] batches, int callers) =>
    [
        .. from tier in (string[])[Process, Redis]
           from keys in batches
           from spelling in Spelling.All
           select Route(tier, keys, spelling, callers),
        Route(Process, 1, Spelling.All[0], callers: 1),
        Route(Redis, 1, Spelling.All[0], callers: 1),
    ];

    /// <inheritdoc/>
    public void Dispose() => _owned.ForEach(owned => owned.Dispose());

    private CacheRoute Route(string tier, int keys, Spelling spelling, int callers)
    {
        var gateway = tier == Process ? remembers : asks;
        var load = new HttpLoad(gateway.Root, new CachedDialect(spelling, model, wantsCached: true), spelling.Items(items), keys);
        var allocations = new AllocationMeter(gateway.Root);
        _owned.AddRange([load, allocations]);
        return new CacheRoute(CacheRoute.NameOf(tier, keys, spelling), spelling, keys, async (duration, cancellation) =>
        {
            await MeasureAsync(WarmUp, static () => { });
            var meter = new Meter(() => gateway.Cpu);
            var (redisBefore, allocatedBefore) = (redis.Cpu, await allocations.ReadAsync(cancellation));
            var seen = await MeasureAsync(duration, meter.Open);
            var measured = meter.Close(seen.Items, seen.Elapsed, seen.Latency, seen.Failed);
            return new CacheMeasurement(measured, redis.Cpu - redisBefore, await allocations.ReadAsync(cancellation) - allocatedBefore);

            async Task<LoadReport> MeasureAsync(TimeSpan window, Action opened)
            {
                var shape = new LoadShape.Closed(callers) { WarmUp = TimeSpan.Zero, Duration = window };
                var report = await runner.MeasureAsync(load.Scenario(tier, shape), opened, cancellation);
                return report.Failed == 0 ? report : throw new UsageException($"Requests failed, so there are no figures: {report}");
            }
        });
    }
}
