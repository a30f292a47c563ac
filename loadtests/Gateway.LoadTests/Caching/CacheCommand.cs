using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Load;
using Gateway.LoadTests.Processes;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Caching;

/// <summary>
/// Measures hits of both tiers through HTTP beside their floors, the gateways and Redis being its own children. One gateway remembers everything
/// itself; the other remembers nothing and asks Redis, into which the first one wrote.
/// </summary>
internal sealed class CacheCommand(CacheFiguresOptions options, TimeProvider time, TextWriter progress)
{
    /// <summary>Items of a large request.</summary>
    public const int LargeBatch = 512;

    private const string Model = "rm-mini";
    private const int Batch = 64;
    private const int Callers = 4;
    private const int FillAttempts = 100;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(300);

    private readonly OpenLoopRunner _runner = new(time);

    /// <summary>Runs it all.</summary>
    public async Task<CacheReport> RunAsync(CancellationToken cancellation)
    {
        var before = MachineCpu.Read();
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
        var busy = (MachineCpu.Read().Busy - before.Busy).TotalSeconds / Environment.ProcessorCount;
        Say($"{busy:P0} of the machine was busy before the start{(busy > 0.05 ? ": NOT QUIET, the figures will be off" : "")}");

        await using var redis = await RedisServer.StartAsync(options.Redis, cancellation);
        await using var remembers = await StartGatewayAsync("remembers", redis.Process.Root, [], cancellation);
        await using var asks = await StartGatewayAsync("asks", redis.Process.Root, ["--Gateway:Cache:Entries", "0", "--Gateway:Cache:LookupMs", "2000"], cancellation);
        await FillAsync(remembers.Root, asks.Root, cancellation);
        await using var bare = await BareRedis.ConnectAsync(redis.Process.Root, options.RedisBenchmark);
        var report = new CacheReport { BusyBefore = busy, Stored = (bare.KeyBytes, bare.ValueBytes, bare.Count), RedisVersion = $"{bare.Version}" };
        using var loads = new CacheLoads(remembers, asks, redis.Process, _runner, Model, options.Items);
        CacheRoute[] routes =
        [
            .. Floors(), .. BareMgets(bare, redis.Process),
            .. loads.Routes([Batch, LargeBatch], Callers).Where(route => route.Name.StartsWith(options.Routes, StringComparison.Ordinal)),
        ];
        await RoundsAsync(routes, bare, report, cancellation);
        return report;
    }

    private async Task<ServerProcess> StartGatewayAsync(string name, Uri redis, IReadOnlyList<string> more, CancellationToken cancellation)
    {
        Say($"starting the gateway that {name}");
        string[] program = options.Server.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", options.Server] : [options.Server];
        // What is remembered costs the same whatever it took to score, so the model reads only the beginning of each text.
        return await ServerProcess.StartAsync(
            $"cache-{name}",
            root =>
            [
                .. program, "--urls", root.ToString(), "--Gateway:ModelsFolder", Path.Combine(options.Root, "models"),
                "--Gateway:PrinciplesFolder", Path.Combine(options.Root, "principles"),
                $"--Gateway:Models:{Model}:MaxTokens", "96", $"--Gateway:Models:{Model}:Truncation", "Tail",
                "--Gateway:Cache:Redis", $"{redis.Host}:{redis.Port}", .. more,
            ],
            "/readyz",
            cancellation);
    }

    /// <summary>Scores every item once, and waits until both gateways answer all of them with stored scores, the same ones.</summary>
    private async Task FillAsync(Uri remembers, Uri asks, CancellationToken cancellation)
    {
        foreach (var spelling in Spelling.All)
        {
            Say($"scoring {options.Items} items, {spelling.Name}");
            var items = spelling.Items(options.Items);
            using var fresh = new HttpLoad(remembers, new CachedDialect(spelling, Model, wantsCached: false), items, Batch);
            var scores = await fresh.ScoreAllAsync(Callers, cancellation);
            foreach (var gateway in (Uri[])[remembers, asks])
            {
                using var stored = new HttpLoad(gateway, new CachedDialect(spelling, Model, wantsCached: true), items, Batch);
                var again = await StoredAsync(stored, cancellation);
                if (!scores.SequenceEqual(again))
                    throw new UsageException($"{gateway} gave other scores than those that were stored, so there are no figures.");
            }
        }
    }

    private async Task<double[]> StoredAsync(HttpLoad load, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await load.ScoreAllAsync(Callers, cancellation);
            }
            catch (FormatException) when (attempt < FillAttempts)
            {
                // Redis is written behind the requests' backs.
                await Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellation);
            }
            catch (FormatException)
            {
                throw new UsageException("Not all scores were stored after ten seconds, so there are no figures.");
            }
        }
    }

    private IEnumerable<CacheRoute> Floors() =>
        from keys in (int[])[Batch, LargeBatch]
        from spelling in Spelling.All
        let floor = new ParseFloor([.. spelling.Items(options.Items).Chunk(keys).Select(new CachedDialect(spelling, Model, true).Write)], time)
        select new CacheRoute(CacheRoute.NameOf("floor", keys, spelling), spelling, keys, (duration, _) =>
            Task.FromResult(new CacheMeasurement(floor.Measure(duration / 2), default, null)));

    private IEnumerable<CacheRoute> BareMgets(BareRedis bare, ServerProcess redis) =>
        from keys in (int[])[Batch, LargeBatch]
        select new CacheRoute(CacheRoute.NameOf("mget", keys, null), null, keys, async (duration, _) =>
        {
            var before = redis.Cpu;
            var seen = await bare.MeasureAsync(keys, Callers, duration / 2, time);
            return new CacheMeasurement(seen, redis.Cpu - before, null);
        });

    private async Task RoundsAsync(CacheRoute[] routes, BareRedis bare, CacheReport report, CancellationToken cancellation)
    {
        Say($"warming up");
        foreach (var route in routes)
        {
            await route.MeasureAsync(WarmUp, cancellation);
            report.Routes[route.Name] = [];
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            // Forth and back, so that a drift of the machine falls on all routes alike.
            foreach (var route in round % 2 == 0 ? routes : Enumerable.Reverse(routes))
            {
                var measured = await route.MeasureAsync(TimeSpan.FromMilliseconds(options.Milliseconds), cancellation);
                report.Routes[route.Name].Add(measured);
                var seen = measured.Seen;
                Say($"round {round + 1}, {route.Name}: {seen.ItemsPerSecond:0} items/s, {seen.ServerMicroseconds:0.00} µs of CPU per item, others {seen.OtherShare:P0}"
                    + FormattableString.Invariant($"{(measured.AllocatedPerItem is { } bytes ? $", {bytes:0} B allocated per item" : "")}{(seen.Latency is { } latency ? $", p50 {latency.P50:0.000} ms" : "")}"));
            }

            foreach (var keys in (int[])[Batch, LargeBatch])
            {
                var perSecond = await bare.BenchmarkAsync(keys, Callers, options.Milliseconds * 1000L / keys / 2, cancellation);
                (report.Benchmark.TryGetValue(keys, out var all) ? all : report.Benchmark[keys] = []).Add(perSecond);
            }
        }
    }

    private void Say(FormattableString line) => progress.WriteLine(FormattableString.Invariant(line));

    private void Say(string line) => progress.WriteLine(line);
}
