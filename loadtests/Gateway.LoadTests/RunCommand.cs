using Gateway.LoadTests.Load;
using Gateway.LoadTests.Wire;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests;

/// <summary>Ad-hoc load on a server that already runs.</summary>
internal static class RunCommand
{
    private const int LongestSeconds = 3600;

    /// <summary>Runs one scenario by the runner of this build.</summary>
    /// <param name="scenario"><c>batch</c>, <c>single</c> or <c>openrlhf</c>.</param>
    /// <param name="arguments">Its options.</param>
    /// <param name="output">Where the report goes.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <returns>Whether every operation succeeded.</returns>
    public static async Task<bool> RunAsync(string scenario, Arguments arguments, TextWriter output, CancellationToken cancellation)
    {
        var (perRequest, callers) = scenario switch
        {
            "batch" => (64, 4),
            "single" => (1, 256),
            "openrlhf" => (64, 4),
            _ => throw new UsageException($"Unknown scenario '{scenario}'; there are batch, single and openrlhf."),
        };
        var url = arguments.Text("--url") ?? "http://127.0.0.1:8080";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var root) || root.Scheme is not ("http" or "https"))
            throw new UsageException($"--url must be like http://127.0.0.1:8080, not '{url}'.");

        var model = arguments.Text("--model") ?? "rm-mini";
        var data = arguments.Text("--data") ?? Path.Combine(RepositoryRoot.Find(), "models/rm-mini/eval");
        var count = arguments.Number("--items", WorkloadReader.DefaultCount, 100_000);
        perRequest = arguments.Number("--per-request", perRequest, count);
        var shape = ShapeOf(arguments, callers);
        arguments.RefuseOthers();
        IDialect dialect = scenario == "openrlhf" ? new OpenRlhfDialect() : new NativeDialect(model);
        using var load = new HttpLoad(root, dialect, WorkloadReader.Read(data, count), perRequest);
        await output.WriteLineAsync($"{scenario} on {root}: {shape}, {perRequest} items per request, {shape.Duration.TotalSeconds} s after {shape.WarmUp.TotalSeconds} s of warm-up");
        return await LoadRunners.Create().RunAsync(load.Scenario(scenario, shape), output, cancellation);
    }

    private static LoadShape ShapeOf(Arguments arguments, int callers)
    {
        var rate = arguments.Real("--rate", 1_000_000);
        if (rate is not null && arguments.Text("--callers") is not null)
            throw new UsageException("--rate and --callers exclude each other: either requests come at a rate, or callers wait for answers.");

        LoadShape shape = rate is { } perSecond ? new LoadShape.Open(perSecond) : new LoadShape.Closed(arguments.Number("--callers", callers, 16_384));
        return shape with
        {
            Duration = TimeSpan.FromSeconds(arguments.Number("--duration", 10, LongestSeconds)),
            WarmUp = TimeSpan.FromSeconds(arguments.Number("--warm-up", 2, LongestSeconds)),
        };
    }
}
