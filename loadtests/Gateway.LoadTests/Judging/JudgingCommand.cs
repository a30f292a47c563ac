using Gateway.LoadTests.Caching;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Load;
using Gateway.LoadTests.Processes;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Judging;

/// <summary>Measures what judging costs the gateway itself, by style, and how long many calls at a time take; the gateway and its engines are its own children.</summary>
internal sealed class JudgingCommand(JudgingFiguresOptions options, TimeProvider time, TextWriter progress)
{
    private const int Items = 256;
    private const int ItemsPerRequest = 64;
    private const int Callers = 4;
    private const int WarmUpMilliseconds = 400;

    private readonly OpenLoopRunner _runner = new(time);

    /// <summary>Runs it all.</summary>
    public async Task<JudgingReport> RunAsync(CancellationToken cancellation)
    {
        var before = MachineCpu.Read();
        await Task.Delay(TimeSpan.FromSeconds(1), time, cancellation);
        var busy = (MachineCpu.Read().Busy - before.Busy).TotalSeconds / Environment.ProcessorCount;
        Say($"{busy:P0} of the machine was busy before the start{(busy > 0.05 ? ": NOT QUIET, the figures will be off" : "")}");
        var report = new JudgingReport { BusyBefore = busy };
        var workload = WorkloadReader.Read(Path.Combine(options.Root, "models/rm-mini/eval"), Items);
        var costs = JudgedStyle.All.Select(style => (Style: style, Cost: new StyleCost(style, workload, time))).ToArray();
        foreach (var (style, cost) in costs)
        {
            report.Sizes[style.Name] = (cost.CallsPerItem, cost.BytesPerCall, style.Reply(cost.Calls[0].Ids).Length);
        }

        using var settings = new JudgeSettings(options.Server);
        var program = await JudgeEngine.CompileAsync(options, settings.Folder, cancellation);
        await using var engines = new Owned();
        if (options.Part is "all" or "styles")
        {
            MeasureStyles(costs, report);
        }

        var routes = options.Part is "all" or "http" ? await EnginesAsync(program, costs, settings, engines, cancellation) : [];
        var scenarios = options.Part is "all" or "fan-out" ? await new FanOutScenarios(program, settings, options.Calls, time).MakeAsync(engines, cancellation) : [];
        if (routes.Length + scenarios.Length == 0)
        {
            return report;
        }

        settings.Write();
        await using var gateway = await StartGatewayAsync(settings, cancellation);
        await MeasureHttpAsync(gateway, routes, workload, report, cancellation);
        await MeasureFanOutAsync(gateway, scenarios, report, cancellation);
        return report;
    }

    private void MeasureStyles((JudgedStyle Style, StyleCost Cost)[] costs, JudgingReport report)
    {
        var each = TimeSpan.FromMilliseconds(options.Milliseconds / 5.0);
        for (var round = -1; round < options.Rounds; round++)
        {
            foreach (var (style, cost) in costs)
            {
                var measured = cost.Measure(each);
                if (round >= 0)
                {
                    (report.Styles.TryGetValue(style.Name, out var all) ? all : report.Styles[style.Name] = []).Add(measured);
                    Say($"round {round + 1}, {style.Name}: {measured.Microseconds:0.0} µs and {measured.Bytes:0} B an item, floor {measured.Floor.Microseconds:0.0} µs");
                }
            }
        }
    }

    private async Task<(JudgedStyle Style, StyleCost Cost, JudgeEngine Engine)[]> EnginesAsync(
        string program, (JudgedStyle Style, StyleCost Cost)[] costs, JudgeSettings settings, Owned owned, CancellationToken cancellation)
    {
        var routes = new List<(JudgedStyle, StyleCost, JudgeEngine)>();
        foreach (var (style, cost) in costs.Where(one => one.Style.IsFixed))
        {
            var engine = owned.Add(await JudgeEngine.StartAsync(program, style.Name, TimeSpan.Zero, style.Reply([]), cancellation));
            settings.SetCluster(style.Name, engine);
            settings.AddJudge(style.Name, style.Name, style.Name);
            routes.Add((style, cost, engine));
        }

        return [.. routes];
    }

    private Task<ServerProcess> StartGatewayAsync(JudgeSettings settings, CancellationToken cancellation)
    {
        Say("starting the gateway");
        string[] program = options.Server.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", options.Server] : [options.Server];
        return ServerProcess.StartAsync(
            "judging",
            root =>
            [
                .. program, "--urls", root.ToString(), "--environment", JudgeSettings.Environment, "--Gateway:ModelsFolder", settings.Models, "--Gateway:DefaultModel", "",
                "--Gateway:PrinciplesFolder", "", "--Logging:LogLevel:Default", "Warning",
            ],
            "/readyz",
            cancellation);
    }

    private async Task MeasureHttpAsync(
        ServerProcess gateway, (JudgedStyle Style, StyleCost Cost, JudgeEngine Engine)[] routes, IReadOnlyList<WorkItem> workload, JudgingReport report, CancellationToken cancellation)
    {
        using var allocations = new AllocationMeter(gateway.Root);
        // The first round is for the compiler and is not counted.
        foreach (var round in Enumerable.Range(0, routes.Length == 0 ? 0 : options.Rounds + 1))
        {
            // Forth and back, so that a drift of the machine falls on all alike.
            foreach (var (style, cost, engine) in round % 2 == 0 ? routes : Enumerable.Reverse(routes))
            {
                using var load = new HttpLoad(gateway.Root, new JudgedDialect(style), workload, ItemsPerRequest);
                await LoadAsync(load, style, WarmUpMilliseconds, static () => { }, cancellation);
                var meter = new Meter(() => gateway.Cpu);
                var allocated = await allocations.ReadAsync(cancellation);
                var seen = await LoadAsync(load, style, options.Milliseconds, meter.Open, cancellation);
                var measured = meter.Close(seen.Items, seen.Elapsed, seen.Latency, seen.Failed);
                var judged = new CacheMeasurement(measured, default, await allocations.ReadAsync(cancellation) - allocated);
                using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = engine.Root };
                await cost.Floor.SendAsync(client, TimeSpan.FromMilliseconds(WarmUpMilliseconds), cancellation);
                var floor = await cost.Floor.SendAsync(client, TimeSpan.FromMilliseconds(options.Milliseconds / 2.0), cancellation);
                if (round > 0)
                {
                    (report.Http.TryGetValue(style.Name, out var all) ? all : report.Http[style.Name] = []).Add((judged, floor));
                }

                Say($"round {round}, {style.Name} over HTTP: {measured.ItemsPerSecond:0} items/s, {measured.ServerMicroseconds:0} µs of CPU and {judged.AllocatedPerItem:0} B an item, floor {floor.ServerMicroseconds:0} µs a call, others {measured.OtherShare:P0}");
            }
        }
    }

    private async Task<LoadReport> LoadAsync(HttpLoad load, JudgedStyle style, double milliseconds, Action opened, CancellationToken cancellation)
    {
        var shape = new LoadShape.Closed(Callers) { WarmUp = TimeSpan.Zero, Duration = TimeSpan.FromMilliseconds(milliseconds) };
        var report = await _runner.MeasureAsync(load.Scenario(style.Name, shape), opened, cancellation);
        return report.Failed == 0 ? report : throw new UsageException($"Requests failed, so there are no figures: {report}");
    }

    private async Task MeasureFanOutAsync(ServerProcess gateway, FanOutScenario[] scenarios, JudgingReport report, CancellationToken cancellation)
    {
        using var fan = new FanOut(gateway, options.Calls, time);
        for (var round = -1; round < options.Rounds; round++)
        {
            foreach (var scenario in scenarios)
            {
                await (scenario.Before?.Invoke(cancellation) ?? Task.CompletedTask);
                var measured = await (scenario.IsSingle ? fan.SinglyAsync(scenario, cancellation) : fan.TogetherAsync(scenario, cancellation));
                Say($"round {round + 1}, {scenario.Name}: {measured.WallMilliseconds:0} ms, ideal {scenario.IdealMilliseconds:0}, gateway CPU {measured.CpuMilliseconds:0} ms, {measured.Busy:P0} busy, failed {measured.Failed}, calls p50 {FanOutMeasurement.Percentile(measured.Calls, 50):0} p99 {FanOutMeasurement.Percentile(measured.Calls, 99):0} ms, peak {string.Join('+', measured.Seen.Select(seen => seen.Peak))}");
                if (round >= 0)
                {
                    (report.FanOut.TryGetValue(scenario, out var all) ? all : report.FanOut[scenario] = []).Add(measured);
                }
            }
        }
    }

    private void Say(FormattableString line) => progress.WriteLine(FormattableString.Invariant(line));

    private void Say(string line) => progress.WriteLine(line);

    /// <summary>Engines that end with the run.</summary>
    internal sealed class Owned : IAsyncDisposable
    {
        private readonly List<JudgeEngine> _engines = [];

        public JudgeEngine Add(JudgeEngine engine)
        {
            _engines.Add(engine);
            return engine;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var engine in _engines)
            {
                await engine.DisposeAsync();
            }
        }
    }
}
