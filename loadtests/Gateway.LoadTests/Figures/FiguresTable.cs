using System.Text;

namespace Gateway.LoadTests.Figures;

/// <summary>Writes a <see cref="FiguresReport"/> as Markdown.</summary>
internal static class FiguresTable
{
    /// <summary>The table without notes.</summary>
    public static string Render(FiguresReport report, FiguresOptions options)
    {
        var text = new StringBuilder("# First figures\n\n");
        WriteSetting(text, report, options);
        WriteRoutes(text, report);
        WriteWanted(text, report);
        WriteChecks(text, report);
        WriteFloor(text, report);
        return text.ToString();
    }

    private static void WriteSetting(StringBuilder text, FiguresReport report, FiguresOptions options)
    {
        Line(text, $"Model `{options.Model}`; {options.Rounds} rounds in which the routes take turns, forth and back; medians with (least–most).");
        text.Append("To rerun, on a machine that does nothing else (`loadtests/README.md` says what the routes are and what the columns mean):\n\n");
        text.Append("```\ndotnet build -c Release src/Gateway.Server\n");
        Line(text, $"dotnet run -c Release --project loadtests/Gateway.LoadTests -- figures{Given(options)}");
        text.Append("```\n\n");
        foreach (var line in MachineDescription.Lines())
        {
            Line(text, $"- {line}");
        }

        if (report.Torch is not null)
            Line(text, $"- Naive server: {report.Torch}");

        var others = report.Routes.Values.SelectMany(rounds => rounds).Max(m => m.OtherShare);
        Line(text, $"- Quiet: {report.BusyBefore:P0} of the machine was busy before the start; during the measurements other processes took at most {others:P0}");
        var lengths = report.Lengths;
        Line(text, $"- Workload: {lengths.Count} distinct pairs from `models/{options.Model}/eval`, {lengths.Average():0} tokens on average; percentiles of tokens: "
            + string.Join(", ", new[] { 10, 50, 90, 99 }.Select(p => Invariant($"p{p} {At(lengths, p)}")))
            + Invariant($", shortest {lengths[0]}, longest {lengths[^1]}"));
        Line(text, $"- Rendering and tokenising, which `bare` leaves out: {report.EncodeMicroseconds:0} µs of CPU per item; the longest item's own time: {LongestItem(report).Text("0.0")} ms");
        text.Append('\n');
    }

    private static string Given(FiguresOptions options) =>
        (options.Model == "rm-mini" ? "" : $" --model {options.Model}")
        + (options.Items == Workload.WorkloadReader.DefaultCount ? "" : $" --items {options.Items}")
        + (options.Rounds == 5 ? "" : $" --rounds {options.Rounds}")
        + (options.Passes == 3 ? "" : $" --passes {options.Passes}")
        + (options.WithNaive ? "" : " --python none");

    private static void WriteRoutes(StringBuilder text, FiguresReport report)
    {
        text.Append("| route | items/s | CPU µs/item | ÷ bare | client CPU µs/item | p50 ms | p99 ms |\n|---|---|---|---|---|---|---|\n");
        foreach (var (route, rounds) in report.Routes)
        {
            var client = rounds[0].Latency is null ? "–" : Over(rounds, m => m.ClientMicroseconds).Text("0");
            var p50 = rounds[0].Latency is null ? "–" : Over(rounds, m => m.Latency!.Value.P50).Text("0.0");
            var p99 = rounds[0].Latency is null ? "–" : Over(rounds, m => m.Latency!.Value.P99).Text("0.0");
            Line(text, $"| {route} | {Over(rounds, m => m.ItemsPerSecond).Text("0")} | {Over(rounds, m => m.ServerMicroseconds).Text("0")} | {report.Ratio(route, report.FastestBare, m => m.ServerMicroseconds).Text("0.000")} | {client} | {p50} | {p99} |");
        }

        text.Append('\n');
        foreach (var (route, legend) in report.Legends)
        {
            Line(text, $"- `{route}`: {legend}");
        }

        Line(text, $"\n`bare` in the ratios is `{report.FastestBare}`, the faster of the two. CPU is user and system time of the scoring process alone; the asking process shares the machine and is counted apart.\n");
    }

    private static void WriteWanted(StringBuilder text, FiguresReport report)
    {
        text.Append("## Wanted and found\n\n| figure | wanted | found | |\n|---|---|---|---|\n");
        var bare = report.FastestBare;
        Most(text, "CPU per item, http-batch ÷ bare", 1.05, report.Ratio("http-batch", bare, m => m.ServerMicroseconds));
        Most(text, "CPU per item, http-single ÷ bare", 1.15, report.Ratio("http-single", bare, m => m.ServerMicroseconds));
        if (report.Torch is not null)
        {
            Least(text, "throughput, http-batch ÷ naive-batch", 3, report.Ratio("http-batch", "naive-batch", m => m.ItemsPerSecond));
            Least(text, "throughput, http-single ÷ naive-single", 3, report.Ratio("http-single", "naive-single", m => m.ItemsPerSecond));
            Least(text, "throughput, http-batch ÷ naive-single", 3, report.Ratio("http-batch", "naive-single", m => m.ItemsPerSecond));
        }

        var p99 = Spread.Of(report.Routes["http-single-half"].Zip(report.LongestItem, (m, longest) => m.Latency!.Value.P99 / longest.TotalMilliseconds));
        Most(text, "p99 of singles at half load ÷ the longest item's own time", 3, p99);
        text.Append("\nFor orientation, with rendering and tokenising added to the floor: ");
        Line(text, $"http-batch {WithEncoding("http-batch")}, http-single {WithEncoding("http-single")}. http-batch over `bare-rows` alone: {report.Ratio("http-batch", "bare-rows", m => m.ServerMicroseconds).Text("0.000")}.\n");

        string WithEncoding(string route) => Spread.Of(report.Routes[route].Zip(
            report.Routes[bare], (a, b) => a.ServerMicroseconds / (b.ServerMicroseconds + report.EncodeMicroseconds))).Text("0.000");
    }

    private static void Most(StringBuilder text, string figure, double limit, Spread found) =>
        Line(text, $"| {figure} | ≤ {limit:0.##} | {found.Text("0.000")} | {(found.Median <= limit ? "met" : "**missed**")} |");

    private static void Least(StringBuilder text, string figure, double limit, Spread found) =>
        Line(text, $"| {figure} | ≥ {limit:0.##} | {found.Text("0.0")} | {(found.Median >= limit ? "met" : "**missed**")} |");

    private static void WriteChecks(StringBuilder text, FiguresReport report)
    {
        text.Append("## The same work\n\nScores of the whole workload against `bare-rows`, before anything was measured:\n\n");
        text.Append("| route | wanted | items whose float32 bits differ | largest difference |\n|---|---|---|---|\n");
        foreach (var check in report.Checks)
        {
            Line(text, $"| {check.Route} | {check.Wanted} | {check.Different} | {check.Largest:0.0e+0} |");
        }

        text.Append('\n');
    }

    private static void WriteFloor(StringBuilder text, FiguresReport report)
    {
        text.Append("## Direct calls tried\n\n| plan | items/s | CPU µs/item |\n|---|---|---|\n");
        foreach (var (plan, speed, microseconds) in report.Tried)
        {
            Line(text, $"| {plan} | {speed:0} | {microseconds:0} |");
        }
    }

    private static Spread LongestItem(FiguresReport report) => Spread.Of(report.LongestItem.Select(t => t.TotalMilliseconds));

    private static Spread Over(IEnumerable<Measurement> rounds, Func<Measurement, double> measure) => Spread.Of(rounds.Select(measure));

    private static int At(IReadOnlyList<int> sorted, int percentile) => sorted[(int)Math.Ceiling(sorted.Count * percentile / 100.0) - 1];

    private static void Line(StringBuilder text, FormattableString line) => text.Append(Invariant(line)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
