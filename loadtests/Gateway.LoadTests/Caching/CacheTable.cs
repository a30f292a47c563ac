using System.Text;
using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Caching;

/// <summary>Writes a <see cref="CacheReport"/> as Markdown.</summary>
internal static class CacheTable
{
    private const double Wanted = 0.6;
    private const double WantedSingle = 0.3;
    private static readonly int[] Batches = [64, CacheCommand.LargeBatch];

    /// <summary>The tables without notes.</summary>
    public static string Render(CacheReport report, CacheFiguresOptions options)
    {
        var text = new StringBuilder("# Stored scores\n\n");
        WriteSetting(text, report, options);
        WriteWanted(text, report);
        WriteRoutes(text, report);
        WriteFloors(text, report);
        WriteLegend(text);
        return text.ToString();
    }

    private static void WriteSetting(StringBuilder text, CacheReport report, CacheFiguresOptions options)
    {
        Line(text, $"{options.Rounds} rounds in which the routes take turns, forth and back, {options.Milliseconds} ms each; medians with (least–most). To rerun, on a machine that does nothing else:");
        text.Append("\n```\ndotnet build -c Release src/Gateway.Server\n");
        Line(text, $"dotnet run -c Release --project loadtests/Gateway.LoadTests -- cache{Given(options)}");
        text.Append("```\n\n");
        foreach (var line in MachineDescription.Lines())
        {
            Line(text, $"- {line}");
        }

        Line(text, $"- Redis {report.RedisVersion} on the same machine: {report.Stored.Count} scores, keys of {report.Stored.KeyBytes} bytes, values of {report.Stored.ValueBytes:0}");
        var others = report.Routes.Where(route => route.Value[0].AllocatedBytes is not null).SelectMany(route => route.Value)
            .Select(m => Math.Max(0, (m.Seen.OtherCpu - m.RedisCpu) / m.Seen.Elapsed / Environment.ProcessorCount)).DefaultIfEmpty().Max();
        Line(text, $"- Quiet: {report.BusyBefore:P0} of the machine was busy before the start; during the measurements over HTTP other processes took at most {others:P0}");
        Line(text, $"- Workload: {options.Items} distinct items of each spelling, a prompt of {Spelling.PromptBytes} and a response of {Spelling.ResponseBytes} bytes of UTF-8; all of them stored, and every reply checked to say so\n");
    }

    private static string Given(CacheFiguresOptions options) =>
        (options.Items == 2048 ? "" : $" --items {options.Items}")
        + (options.Rounds == 5 ? "" : $" --rounds {options.Rounds}")
        + (options.Milliseconds == 1500 ? "" : $" --milliseconds {options.Milliseconds}");

    private static void WriteWanted(StringBuilder text, CacheReport report)
    {
        text.Append("## Wanted and found\n\n| figure | wanted | found | |\n|---|---|---|---|\n");
        foreach (var (route, spelling, batch) in Measured(report, CacheLoads.Process))
        {
            Least(text, $"{route}: speed per core ÷ (a) floor of parsing and hashing", report.Ratio(
                CacheRoute.NameOf("floor", batch, spelling), route, (floor, hit) => floor.Seen.ServerMicroseconds / hit.Seen.ServerMicroseconds));
        }

        foreach (var (route, spelling, batch) in Measured(report, CacheLoads.Redis))
        {
            var bare = CacheRoute.NameOf("mget", batch, null);
            Least(text, $"{route}: items/s ÷ (b) bare MGET", report.Ratio(bare, route, (mget, hit) => hit.Seen.ItemsPerSecond / mget.Seen.ItemsPerSecond));
            var floor = report.Over(CacheRoute.NameOf("floor", batch, spelling), m => m.Seen.ServerMicroseconds).Median;
            Least(text, $"{route}: speed per core ÷ (a) and (b) one after the other", report.Ratio(
                bare, route, (mget, hit) => (floor + mget.Seen.ServerMicroseconds) / hit.Seen.ServerMicroseconds));
        }

        if (report.Routes.ContainsKey(Single))
        {
            var single = report.Over(Single, m => m.Seen.Latency!.Value.P50);
            Line(text, $"| p50 of a single stored score, ms | < {WantedSingle} | {single.Text("0.000")} | {(single.Median < WantedSingle ? "met" : "**missed**")} |");
        }

        foreach (var (route, _, _) in Measured(report, CacheLoads.Process))
        {
            var bytes = report.Over(route, m => m.AllocatedPerItem!.Value);
            Line(text, $"| {route}: bytes allocated per hit | a few hundred | {bytes.Text("0")} | |");
        }

        text.Append('\n');
    }

    private static string Single { get; } = CacheRoute.NameOf(CacheLoads.Process, 1, Spelling.All[0]);

    private static IEnumerable<(string Route, Spelling Spelling, int Batch)> Measured(CacheReport report, string tier) =>
        from batch in Batches
        from spelling in Spelling.All
        let route = CacheRoute.NameOf(tier, batch, spelling)
        where report.Routes.ContainsKey(route)
        select (route, spelling, batch);

    private static void WriteRoutes(StringBuilder text, CacheReport report)
    {
        text.Append("## Over HTTP\n\n| route | items/s | gateway CPU µs/item | ÷ floor | Redis CPU µs/item | client CPU µs/item | allocated B/item | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (route, rounds) in report.Routes.Where(route => route.Value[0].AllocatedBytes is not null))
        {
            var floor = "floor" + route[route.IndexOf('-', StringComparison.Ordinal)..];
            var ratio = report.Routes.ContainsKey(floor)
                ? report.Ratio(route, floor, (hit, bare) => hit.Seen.ServerMicroseconds / bare.Seen.ServerMicroseconds).Text("0.00")
                : "–";
            var redis = route.StartsWith(CacheLoads.Redis, StringComparison.Ordinal) ? report.Over(route, m => m.RedisMicroseconds).Text("0.00") : "–";
            Line(text, $"| {route} | {report.Over(route, m => m.Seen.ItemsPerSecond).Text("0")} | {report.Over(route, m => m.Seen.ServerMicroseconds).Text("0.00")} | {ratio} | {redis} | {report.Over(route, m => m.Seen.ClientMicroseconds).Text("0.00")} | {report.Over(route, m => m.AllocatedPerItem!.Value).Text("0")} | {report.Over(route, m => m.Seen.Latency!.Value.P50).Text("0.000")} | {report.Over(route, m => m.Seen.Latency!.Value.P99).Text("0.000")} |");
        }

        text.Append('\n');
    }

    private static void WriteFloors(StringBuilder text, CacheReport report)
    {
        text.Append("## Floors\n\n| floor | items/s | CPU µs/item | Redis CPU µs/item |\n|---|---|---|---|\n");
        foreach (var (route, _) in report.Routes.Where(route => route.Value[0].AllocatedBytes is null))
        {
            var redis = route.StartsWith("mget", StringComparison.Ordinal) ? report.Over(route, m => m.RedisMicroseconds).Text("0.00") : "–";
            Line(text, $"| {route} | {report.Over(route, m => m.Seen.ItemsPerSecond).Text("0")} | {report.Over(route, m => m.Seen.ServerMicroseconds).Text("0.00")} | {redis} |");
        }

        foreach (var (keys, rounds) in report.Benchmark)
        {
            Line(text, $"| redis-benchmark-{keys} | {Spread.Of(rounds).Text("0")} | – | – |");
        }

        text.Append('\n');
    }

    private static void WriteLegend(StringBuilder text)
    {
        foreach (var spelling in Spelling.All)
        {
            Line(text, $"- `{spelling.Name}`: {spelling.Legend}");
        }

        text.Append("""
            - `process-N`, `redis-N`: `POST /v1/score` with N items per request, 4 callers that wait for their answers (N = 1: one caller), the scores lying in the gateway's
              own memory, or in Redis only: a second gateway that remembers nothing itself (`Gateway:Cache:Entries` 0)
            - `floor-N`: (a) in this process, on one core: `Utf8JsonReader` over the same body, every text unescaped into a buffer (`CopyString`), SHA-256 over each item's texts
            - `mget-N`: (b) StackExchange.Redis in this process, 4 callers on one connection, each `MGET` of N of the keys that the gateway wrote
            - `redis-benchmark-N`: (c) `redis-benchmark -c 4` with `MGET` of N of these keys; it does not read the values

            CPU is user and system time of the process named, from `/proc`, the kernel's share of its sockets included; gateway, client and Redis share the machine's cores, so
            items per second over HTTP is what is left after client and Redis took theirs. "Speed per core" is 1 ÷ CPU per item. Allocations are those of the gateway's whole
            process by the runtime's own counter (`dotnet.gc.heap.total_allocated` at `/metrics`), Kestrel's included.

            """);
    }

    private static void Least(StringBuilder text, string figure, Spread found) =>
        Line(text, $"| {figure} | ≥ {Wanted:0.0} | {found.Text("0.00")} | {(found.Median >= Wanted ? "met" : "**missed**")} |");

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
