using Gateway.LoadTests.Load;
using Gateway.LoadTests.Processes;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Figures;

/// <summary>Measures every route side by side on one workload, the servers being its own children, and writes the table.</summary>
internal sealed class FiguresCommand(FiguresOptions options, TimeProvider time, TextWriter progress)
{
    private const int BatchItems = 64;
    private const int BatchCallers = 4;
    private const int SingleCallers = 256;
    private const int LongestItemRuns = 31;
    private const int NaiveRounds = 3;
    private const double Tolerance = 1e-4;

    private readonly OpenLoopRunner _runner = new(time);

    /// <summary>Runs it all.</summary>
    public async Task<FiguresReport> RunAsync(CancellationToken cancellation)
    {
        var before = MachineCpu.Read();
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
        var busy = (MachineCpu.Read().Busy - before.Busy).TotalSeconds / Environment.ProcessorCount;
        Say($"{busy:P0} of the machine was busy before the start{(busy > 0.05 ? ": NOT QUIET, the figures will be off" : "")}");

        var items = WorkloadReader.Read(Path.Combine(options.ModelFolder, "eval"), options.Items);
        var (encoded, microseconds) = WorkloadEncoder.Encode(options.ModelFolder, items);
        var report = new FiguresReport
        {
            Lengths = [.. encoded.Select(item => item.Ids.Length).Order()],
            EncodeMicroseconds = microseconds,
            BusyBefore = busy,
        };
        var plans = TryPlans(encoded, report, cancellation);
        using var rows = new BareModel(Graph, encoded, plans.Rows);
        using var batches = new BareModel(Graph, encoded, plans.Batches);
        await using var gateway = await StartGatewayAsync(cancellation);
        await using var naive = options.WithNaive ? await StartNaiveAsync(report, cancellation) : null;
        using var loads = new Loads(gateway, naive, options.Model, items);
        await CheckScoresAsync(rows, batches, loads, report, cancellation);
        await FindHalfRateAsync(gateway, loads, report, cancellation);
        await RoundsAsync(Routes(rows, batches, gateway, naive, loads, report), rows, report, cancellation);
        return report;
    }

    private string Graph => Path.Combine(options.ModelFolder, "model.onnx");

    private (BarePlan Rows, BarePlan Batches) TryPlans(IReadOnlyList<EncodedItem> encoded, FiguresReport report, CancellationToken cancellation)
    {
        var cores = Environment.ProcessorCount;
        BarePlan[] plans =
        [
            new(1, cores, cores, 1), new(1, cores, 1, 1),
            .. new[] { 2, 4, 8, 16, 32 }.Select(rows => new BarePlan(rows, cores, cores, 1)),
            .. new[] { 4, 8, 32 }.Select(rows => new BarePlan(rows, 1, 1, cores)),
        ];
        foreach (var plan in plans)
        {
            using var model = new BareModel(Graph, encoded, plan);
            var measured = Direct(model, 1, cancellation);
            report.Tried.Add((plan, measured.ItemsPerSecond, measured.ServerMicroseconds));
            Say($"bare, {plan}: {measured.ItemsPerSecond:0} items/s, {measured.ServerMicroseconds:0} µs of CPU per item");
        }

        return (Fastest(oneRow: true), Fastest(oneRow: false));

        BarePlan Fastest(bool oneRow) => report.Tried.Where(tried => tried.Plan.OneRow == oneRow).MaxBy(tried => tried.ItemsPerSecond).Plan;
    }

    private Measurement Direct(BareModel model, int passes, CancellationToken cancellation)
    {
        model.Run(1, cancellation);
        var meter = new Meter(server: null);
        meter.Open();
        var started = time.GetTimestamp();
        model.Run(passes, cancellation);
        return meter.Close(model.Scores.Count * (long)passes, time.GetElapsedTime(started), null, 0);
    }

    private async Task<ServerProcess> StartGatewayAsync(CancellationToken cancellation)
    {
        Say("starting the gateway");
        string[] program = options.Server.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", options.Server] : [options.Server];
        return await ServerProcess.StartAsync(
            "gateway",
            root =>
            [
                .. program, "--urls", root.ToString(), "--Gateway:ModelsFolder", Path.Combine(options.Root, "models"),
                "--Gateway:PrinciplesFolder", Path.Combine(options.Root, "principles"),
            ],
            "/readyz",
            cancellation);
    }

    private async Task<ServerProcess> StartNaiveAsync(FiguresReport report, CancellationToken cancellation)
    {
        Say("starting the naive server");
        var script = Path.Combine(options.Root, "loadtests/naive/server.py");
        var naive = await ServerProcess.StartAsync(
            "naive", root => [options.Python, script, "--model", options.ModelFolder, "--port", $"{root.Port}"], "/health", cancellation);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var health = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync(new Uri(naive.Root, "/health"), cancellation));
        report.Torch = $"torch {health.RootElement.GetProperty("torch").GetString()}, {health.RootElement.GetProperty("threads").GetInt32()} threads";
        return naive;
    }

    private async Task CheckScoresAsync(BareModel rows, BareModel batches, Loads loads, FiguresReport report, CancellationToken cancellation)
    {
        Say("comparing the routes' scores");
        rows.Run(1, cancellation);
        batches.Run(1, cancellation);
        report.Checks.Add(ScoreCheck.Of("bare-batches", Tolerance, rows.Scores, [.. batches.Scores.Select(score => (double)score)]));
        report.Checks.Add(ScoreCheck.Of("http-batch", 0, rows.Scores, await loads.Batch.ScoreAllAsync(BatchCallers, cancellation)));
        report.Checks.Add(ScoreCheck.Of("http-single", 0, rows.Scores, await loads.Single.ScoreAllAsync(SingleCallers, cancellation)));
        report.Checks.Add(ScoreCheck.Of("openrlhf-batch", 0, rows.Scores, await loads.OpenRlhf.ScoreAllAsync(BatchCallers, cancellation)));
        if (loads is { NaiveBatch: { } batch, NaiveSingle: { } single })
        {
            report.Checks.Add(ScoreCheck.Of("naive-batch", Tolerance, rows.Scores, await batch.ScoreAllAsync(BatchCallers, cancellation)));
            report.Checks.Add(ScoreCheck.Of("naive-single", Tolerance, rows.Scores, await single.ScoreAllAsync(SingleCallers, cancellation)));
        }

        foreach (var check in report.Checks)
        {
            Say($"{check.Route}: {check.Different} of {rows.Scores.Count} differ in their bits, by at most {check.Largest:0.0e+0}; wanted {check.Wanted}");
        }

        if (report.Checks.Any(check => !check.Holds))
            throw new UsageException("The routes do not do the same work, so there are no figures.");
    }

    private async Task FindHalfRateAsync(ServerProcess gateway, Loads loads, FiguresReport report, CancellationToken cancellation)
    {
        var full = await OverHttpAsync(gateway, loads.Single, new LoadShape.Closed(SingleCallers), options.Passes, cancellation);
        report.HalfRate = Math.Round(full.ItemsPerSecond / 2);
        Say($"single at full load {full.ItemsPerSecond:0} items/s; the open loop will send {report.HalfRate:0} per second");
    }

    private List<(string Name, Func<CancellationToken, Task<Measurement>> Measure)> Routes(
        BareModel rows, BareModel batches, ServerProcess gateway, ServerProcess? naive, Loads loads, FiguresReport report)
    {
        var routes = new List<(string, Func<CancellationToken, Task<Measurement>>)>();
        Add("bare-rows", $"{rows.Plan}", token => Task.FromResult(Direct(rows, options.Passes, token)));
        Add("bare-batches", $"{batches.Plan}", token => Task.FromResult(Direct(batches, options.Passes, token)));
        Http("http-batch", gateway, loads.Batch, new LoadShape.Closed(BatchCallers), options.Passes, $"`/v1/score`, {BatchItems} items per request");
        Http("http-single", gateway, loads.Single, new LoadShape.Closed(SingleCallers), options.Passes, "`/v1/score`, one item per request");
        Http("http-single-half", gateway, loads.Single, new LoadShape.Open(report.HalfRate), options.Passes, "the same at half of its throughput");
        if (naive is not null)
        {
            Http("naive-batch", naive, loads.NaiveBatch!, new LoadShape.Closed(BatchCallers), 1, $"`/get_reward` of the Python server, {BatchItems} items per request (at most {NaiveRounds} rounds)");
            Http("naive-single", naive, loads.NaiveSingle!, new LoadShape.Closed(SingleCallers), 1, "the same, one item per request");
        }

        return routes;

        void Add(string name, string legend, Func<CancellationToken, Task<Measurement>> measure)
        {
            report.Legends[name] = legend;
            report.Routes[name] = [];
            routes.Add((name, measure));
        }

        void Http(string name, ServerProcess server, HttpLoad load, LoadShape shape, int passes, string legend) =>
            Add(name, $"{legend}, {shape}", token => OverHttpAsync(server, load, shape, passes, token));
    }

    private async Task<Measurement> OverHttpAsync(
        ServerProcess server, HttpLoad load, LoadShape shape, int passes, CancellationToken cancellation)
    {
        var meter = new Meter(() => server.Cpu);
        var seen = await new WholePasses(_runner, load, passes).MeasureAsync(shape, meter.Open, cancellation);
        return meter.Close(seen.Items, seen.Elapsed, seen.Latency, seen.Failed);
    }

    private async Task RoundsAsync(
        List<(string Name, Func<CancellationToken, Task<Measurement>> Measure)> routes,
        BareModel rows,
        FiguresReport report,
        CancellationToken cancellation)
    {
        for (var round = 0; round < options.Rounds; round++)
        {
            // Forth and back, so that a drift of the machine falls on all routes alike.
            foreach (var (name, measure) in round % 2 == 0 ? routes : Enumerable.Reverse(routes))
            {
                // The naive server takes minutes for what the others do in seconds.
                if (name.StartsWith("naive", StringComparison.Ordinal) && round >= NaiveRounds)
                    continue;

                var seen = await measure(cancellation);
                report.Routes[name].Add(seen);
                Say($"round {round + 1}, {name}: {seen.ItemsPerSecond:0} items/s, {seen.ServerMicroseconds:0} µs of CPU per item, client {seen.ClientMicroseconds:0}, others {seen.OtherShare:P0}"
                    + (seen.Latency is { } latency ? $", p50 {latency.P50:0.0} ms, p99 {latency.P99:0.0} ms" : ""));
            }

            report.LongestItem.Add(rows.LongestItem(LongestItemRuns, time));
        }
    }

    private void Say(FormattableString line) => progress.WriteLine(FormattableString.Invariant(line));

    private void Say(string line) => progress.WriteLine(line);

    private sealed class Loads(ServerProcess gateway, ServerProcess? naive, string model, IReadOnlyList<WorkItem> items) : IDisposable
    {
        public HttpLoad Batch { get; } = new(gateway.Root, new NativeDialect(model), items, BatchItems);

        public HttpLoad Single { get; } = new(gateway.Root, new NativeDialect(model), items, 1);

        public HttpLoad OpenRlhf { get; } = new(gateway.Root, new OpenRlhfDialect(), items, BatchItems);

        public HttpLoad? NaiveBatch { get; } = naive is null ? null : new(naive.Root, new OpenRlhfDialect(), items, BatchItems);

        public HttpLoad? NaiveSingle { get; } = naive is null ? null : new(naive.Root, new OpenRlhfDialect(), items, 1);

        public void Dispose()
        {
            Batch.Dispose();
            Single.Dispose();
            OpenRlhf.Dispose();
            NaiveBatch?.Dispose();
            NaiveSingle?.Dispose();
        }
    }
}
