using Gateway.LoadTests.Load;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Figures;

/// <summary>The whole workload a whole number of times over HTTP, so that every route does exactly the same work.</summary>
/// <param name="runner">What runs it.</param>
/// <param name="load">The workload as requests.</param>
/// <param name="passes">How many times.</param>
internal sealed class WholePasses(OpenLoopRunner runner, HttpLoad load, int passes)
{
    /// <summary>How long requests are begun; a server that needs longer has no figures.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Measures it in a shape of load.</summary>
    /// <exception cref="UsageException">A request failed, or the time was up before all were begun.</exception>
    public async Task<LoadReport> MeasureAsync(LoadShape shape, Action opened, CancellationToken cancellation)
    {
        var bounded = shape with { Operations = load.RequestsPerPass * (long)passes, Duration = Longest };
        var seen = await runner.MeasureAsync(load.Scenario("figures", bounded), opened, cancellation);
        if (seen.Failed > 0)
            throw new UsageException($"Requests failed, so there are no figures: {seen}");

        var wanted = load.ItemsPerPass * (long)passes;
        if (seen.Items != wanted)
            throw new UsageException($"{seen.Items} of {wanted} items were scored within {Longest.TotalMinutes} minutes, so there are no figures; lower --items or --passes.");

        return seen;
    }
}
