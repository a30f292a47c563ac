using System.Diagnostics;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Clusters in a whole gateway: configured routes take their places in the pool, and readiness and metrics tell of destinations.</summary>
public sealed class PoolGatewayTests
{
    private static readonly (string, string)[] Route =
    [
        ("Gateway:Routes:files:ClusterId", "c"), ("Gateway:Routes:files:Match:Path", "/files/{**rest}"),
    ];

    [Fact]
    public async Task Route_Configured_CountsOnTheSameDestination()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var a = await ScriptedUpstream.StartAsync(async http =>
        {
            await release.Task;
            await ScriptedUpstream.TextAsync(http, 200, "file");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", a), .. Route]);
        var destination = gateway.Services.GetRequiredService<UpstreamPool>().Find("c")!.Destinations[0];

        var call = gateway.Http.GetStringAsync("/files/one?x=1", TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => destination.InFlight == 1, "the pool counts the route's request");
        release.SetResult();

        Assert.Equal("file", await call);
        await Eventually.TrueAsync(() => destination.InFlight == 0, "its place is free again");
        Assert.Equal("/files/one?x=1", a.Seen.Single().Path);
    }

    [Fact]
    public async Task Route_DestinationKeepsFailing_OpensItsBreaker()
    {
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 503, "no"));
        await using var gateway = TestGateway.With(
            new ScriptedModel(),
            [.. ScriptedUpstream.Cluster("c", a), .. Route, ("Gateway:Clusters:c:BreakerFailures", "2"), ("Gateway:Clusters:c:UnhealthyWaitMs", "0")]);

        for (var call = 0; call < 4; call++)
        {
            using var reply = await gateway.Http.GetAsync("/files/one", TestContext.Current.CancellationToken);
            Assert.Equal(503, (int)reply.StatusCode);
        }

        Assert.Equal(2, a.Seen.Count);
        var ready = await gateway.Http.GetStringAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal("ready\ncluster c: destination a is not used: it fails\n", ready);
    }

    [Fact]
    public async Task Metrics_AfterCalls_NameClusterAndDestination()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", a), .. Route]);
        await gateway.Http.GetStringAsync("/files/one", TestContext.Current.CancellationToken);

        var metrics = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        foreach (var name in new[] { "attempts_total", "in_flight", "breaker", "healthy", "wrong_model", "duration_seconds_bucket" })
        {
            Assert.Matches($"gateway_upstream_{name}\\{{[^}}]*cluster=\"c\"[^}}]*destination=\"a\"", metrics);
        }
    }

    [Fact]
    public async Task Send_InsideATrace_PassesItOn()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a));
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();

        await pool.CallAsync();

        Assert.Contains(activity.TraceId.ToHexString(), a.Seen.Single().Headers["traceparent"], StringComparison.Ordinal);
    }
}
