using System.Text;
using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Judging;

/// <summary>Writes a <see cref="JudgingReport"/> as Markdown.</summary>
internal static class JudgingTable
{
    /// <summary>The tables without notes.</summary>
    public static string Render(JudgingReport report, JudgingFiguresOptions options)
    {
        var text = new StringBuilder("# Judging\n\n");
        Line(text, $"{options.Rounds} rounds in which everything takes turns; medians with (least–most). To rerun, on a machine that does nothing else:");
        text.Append("\n```\ndotnet build -c Release src/Gateway.Server\n");
        Line(text, $"dotnet run -c Release --project loadtests/Gateway.LoadTests -- judging{Given(options)}");
        text.Append("```\n\n");
        foreach (var line in MachineDescription.Lines())
        {
            Line(text, $"- {line}");
        }

        Line(text, $"- Quiet: {report.BusyBefore:P0} of the machine was busy before the start");
        text.Append('\n');
        WriteStyles(text, report);
        WriteHttp(text, report);
        WriteFanOut(text, report);
        return text.ToString();
    }

    private static string Given(JudgingFiguresOptions options) =>
        (options.Rounds == 5 ? "" : $" --rounds {options.Rounds}") + (options.Milliseconds == 1500 ? "" : $" --milliseconds {options.Milliseconds}")
        + (options.Calls == 2000 ? "" : $" --calls {options.Calls}") + (options.Part == "all" ? "" : $" --part {options.Part}");

    private static void WriteStyles(StringBuilder text, JudgingReport report)
    {
        if (report.Styles.Count == 0)
        {
            return;
        }

        text.Append("""
            ## What is ours, by style

            Within one process on one core, without sockets, per judged item: the prompt built (score key included), the reply read, the samples reduced. Floor: the same messages written as
            JSON and the same reply read, every string out of its escapes, by `Utf8JsonWriter` and `Utf8JsonReader`: what nobody who asks a judge can leave out.

            | style | responses | calls | sent B | read B | build µs | read µs | reduce µs | together µs | floor µs | ÷ floor | allocated B |
            |---|---|---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var (name, rounds) in report.Styles)
        {
            var (calls, sent, read) = report.Sizes[name];
            var responses = JudgedStyle.All.Single(style => style.Name == name).Responses;
            Line(text, $"| `{name}` | {responses} | {calls:0.#} | {calls * sent:0} | {calls * read:0} | {Of(rounds, m => m.Build.Microseconds)} | {Of(rounds, m => m.Read.Microseconds)} | {Of(rounds, m => m.Reduce.Microseconds)} | {Of(rounds, m => m.Microseconds)} | {Of(rounds, m => m.Floor.Microseconds)} | {Spread.Of(rounds.Select(m => m.Microseconds / m.Floor.Microseconds)).Text("0.0")} | {Spread.Of(rounds.Select(m => m.Bytes)).Text("0")} |");
        }

        text.Append('\n');
    }

    private static void WriteHttp(StringBuilder text, JudgingReport report)
    {
        if (report.Http.Count == 0)
        {
            return;
        }

        text.Append("""
            ## Over HTTP

            `POST /v1/score`, 64 items a request, 4 callers that wait, nothing cached, and an engine ([`upstream.c`](../proxy/upstream.c)) that answers at once. CPU is the gateway's whole process from
            `/proc`, the kernel's share of both of its sockets included; allocations are the runtime's own counter. Floor: this process makes the same calls, 256 at a time: it writes them,
            sends them by `HttpClient`, and reads the replies; no request of a client, no rules, no limits, no metrics.

            | style | items/s | gateway CPU µs/item | of it per call | floor CPU µs/call | ÷ floor | allocated B/item | p50 ms | p99 ms | other processes |
            |---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var (name, rounds) in report.Http)
        {
            var calls = report.Sizes[name].Calls;
            Line(text, $"| `{name}` | {Spread.Of(rounds.Select(m => m.Gateway.Seen.ItemsPerSecond)).Text("0")} | {Spread.Of(rounds.Select(m => m.Gateway.Seen.ServerMicroseconds)).Text("0")} | {Spread.Of(rounds.Select(m => m.Gateway.Seen.ServerMicroseconds / calls)).Text("0")} | {Spread.Of(rounds.Select(m => m.Floor.ServerMicroseconds)).Text("0")} | {Spread.Of(rounds.Select(m => m.Gateway.Seen.ServerMicroseconds / calls / m.Floor.ServerMicroseconds)).Text("0.00")} | {Spread.Of(rounds.Select(m => m.Gateway.AllocatedPerItem!.Value)).Text("0")} | {Spread.Of(rounds.Select(m => m.Gateway.Seen.Latency!.Value.P50)).Text("0.0")} | {Spread.Of(rounds.Select(m => m.Gateway.Seen.Latency!.Value.P99)).Text("0.0")} | {rounds.Max(m => m.Gateway.Seen.OtherShare):P0} |");
        }

        text.Append('\n');
    }

    private static void WriteFanOut(StringBuilder text, JudgingReport report)
    {
        if (report.FanOut.Count == 0)
        {
            return;
        }

        text.Append("""
            ## Fan-out

            Calls of a `rubric` judge at one moment, an engine that answers each after a fixed delay (200 ms unless said), nothing of it ever seen before, all limits and metrics on. Ideal: the delay times
            ⌈calls ÷ limit⌉, or the deadline. *Own time* is the time that the gateway alone would need on all cores for the CPU it used: below ideal plus that nothing can be. *Call* is a
            call's time at the engine as the gateway saw it, the engine's delay included; *request* a request's. *At a time* is what the engine saw.

            | calls | wall ms | ideal ms | above ideal ms | own time ms | machine busy | call p50 ms | call p99 ms | request p50 ms | request p99 ms | at a time | without score |
            |---|---|---|---|---|---|---|---|---|---|---|---|

            """);
        foreach (var (scenario, rounds) in report.FanOut)
        {
            var own = Spread.Of(rounds.Select(m => m.CpuMilliseconds / Environment.ProcessorCount)).Text("0");
            var peaks = string.Join(" + ", Enumerable.Range(0, scenario.Engines.Count).Select(engine => Spread.Of(rounds.Select(m => (double)m.Seen[engine].Peak)).Text("0")));
            Line(text, $"| {scenario.Name} | {Spread.Of(rounds.Select(m => m.WallMilliseconds)).Text("0")} | {scenario.IdealMilliseconds:0} | {Spread.Of(rounds.Select(m => m.WallMilliseconds - scenario.IdealMilliseconds)).Text("0")} | {own} | {Spread.Of(rounds.Select(m => m.Busy)).Median:P0} | {At(rounds, m => m.Calls, 50)} | {At(rounds, m => m.Calls, 99)} | {At(rounds, m => m.Requests, 50)} | {At(rounds, m => m.Requests, 99)} | {peaks} | {Spread.Of(rounds.Select(m => (double)m.Failed)).Text("0")} |");
        }

        text.Append('\n');
    }

    private static string At(List<FanOutMeasurement> rounds, Func<FanOutMeasurement, double[]> times, double percent) =>
        Spread.Of(rounds.Select(m => FanOutMeasurement.Percentile(times(m), percent))).Text("0");

    private static string Of(List<StyleMeasurement> rounds, Func<StyleMeasurement, double> part) => Spread.Of(rounds.Select(part)).Text("0.0");

    private static void Line(StringBuilder text, FormattableString line) => text.Append(FormattableString.Invariant(line)).Append('\n');
}
