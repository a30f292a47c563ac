using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Who waits for a place, how long, and what those are told who wait in vain.</summary>
public sealed class PoolWaitTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Send_EveryPlaceTaken_WaitsAndIsServedInOrder()
    {
        await using var a = await StartHeldAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1")]);
        var first = pool.CallAsync("1");
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the first call");
        var second = pool.CallAsync("2");
        var third = pool.CallAsync("3");

        Assert.Equal(2, pool.Pool.Find("c")!.Waiting);
        Assert.Equal(1, pool.Destinations[0].InFlight);
        _release.SetResult();

        await Task.WhenAll(first, second, third);
        Assert.Equal(["1", "2", "3"], a.Seen.Select(seen => seen.Body));
        Assert.Equal((0, 0), (pool.Pool.Find("c")!.Waiting, pool.Destinations[0].InFlight));
    }

    [Fact]
    public async Task Lease_NewcomersWhileOthersWait_DoNotOvertake()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1")]);
        var held = await LeaseAsync(pool);
        var waiting = LeaseAsync(pool).AsTask();

        held.Dispose();
        var newcomer = LeaseAsync(pool).AsTask();

        (await waiting).Dispose();
        (await newcomer).Dispose();
        Assert.Equal(0, pool.Destinations[0].InFlight);
    }

    [Fact]
    public async Task Lease_TheUntriedDestinationAsksToBeLeftAlone_TakesTheTriedOne()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var b = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(_clock, ScriptedUpstream.Cluster("c", a, b));
        pool.Destinations[1].RestFor(TimeSpan.FromSeconds(60));

        var lease = pool.Pool.LeaseAsync("c", PromptPrefix.None, [pool.Destinations[0]], TestContext.Current.CancellationToken);

        Assert.True(lease.IsCompletedSuccessfully);
        using var place = await lease;
        Assert.Equal("a", place.Destination.Name);
    }

    [Fact]
    public async Task Send_TooManyWait_IsRefusedAtOnce()
    {
        await using var a = await StartHeldAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1"), ("Gateway:Clusters:c:WaitingCalls", "1")]);
        var first = pool.CallAsync();
        var second = pool.CallAsync();

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal((ErrorKind.Overloaded, TimeSpan.FromSeconds(1)), (e.Kind, e.RetryAfter));
        _release.SetResult();
        await Task.WhenAll(first, second);
    }

    [Fact]
    public async Task Send_WaitInVain_EndsAfterItsTime()
    {
        await using var a = await StartHeldAsync();
        await using var pool = TestPool.Start(
            _clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1"), ("Gateway:Clusters:c:WaitMs", "3000")]);
        var first = pool.CallAsync();
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the first call");
        var second = pool.CallAsync();

        Advance(2_950);
        Assert.False(second.IsCompleted);
        Advance(100);

        Assert.Equal(ErrorKind.Overloaded, (await Assert.ThrowsAsync<GatewayException>(() => second)).Kind);
        Assert.Equal(0, pool.Pool.Find("c")!.Waiting);
        _release.SetResult();
        await first;
    }

    [Fact]
    public async Task Send_CallerLeavesTheLine_LeavesNothingBehind()
    {
        await using var a = await StartHeldAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1")]);
        var first = pool.CallAsync();
        using var caller = new CancellationTokenSource();
        var second = pool.CallUntilAsync("{}", caller.Token);
        Assert.Equal(1, pool.Pool.Find("c")!.Waiting);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(0, pool.Pool.Find("c")!.Waiting);
        _release.SetResult();
        await first;
        Assert.Equal(200, (await pool.CallAsync()).Status);
        Assert.Equal(2, a.Seen.Count);
    }

    [Fact]
    public async Task Send_NothingHealthy_WaitsShortlyThenSaysWhy()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await a.StopAsync();
        await using var pool = TestPool.Start(
            _clock,
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:UnhealthyWaitMs", "2000")]);
        var call = pool.CallAsync();
        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.State == BreakerState.Open, "the breaker opens");
        await StepAsync(call);

        var e = await Assert.ThrowsAsync<GatewayException>(() => call);
        Assert.Equal((ErrorKind.NotReady, TimeSpan.FromSeconds(1)), (e.Kind, e.RetryAfter));
        Assert.Equal("No destination of cluster 'c' is healthy: a fails.", e.Message);
        Assert.Equal(0, pool.Destinations[0].InFlight);
    }

    [Fact]
    public async Task Send_HealthyAgainWhileItWaits_IsServed()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await a.StopAsync();
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", a),
            ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:BreakerOpenMs", "20"), ("Gateway:Clusters:c:UnhealthyWaitMs", "60000"),
        ]);
        var call = pool.CallAsync();
        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.State != BreakerState.Closed, "the breaker opens");

        await a.StartAsync();

        Assert.Equal(200, (await call).Status);
        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.State == BreakerState.Closed, "the breaker closes");
    }

    [Fact]
    public async Task Send_LongInLineWhenTheOnlyDestinationRestarts_IsServedAfterwards()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(
            _clock,
            [
                .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1"), ("Gateway:Clusters:c:BreakerFailures", "1"),
                ("Gateway:Clusters:c:BreakerOpenMs", "1000"), ("Gateway:Clusters:c:UnhealthyWaitMs", "60000"), ("Gateway:Clusters:c:WaitMs", "3600000"),
                ("Gateway:Clusters:c:TimeoutMs", "3600000"),
            ]);
        var first = pool.CallAsync("1");
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the first call");
        var second = pool.CallAsync("2");
        Advance(90_000);

        a.Handle = http => ScriptedUpstream.TextAsync(http, 200, "well");
        await a.StopAsync();
        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.State == BreakerState.Open, "the breaker opens");
        Advance(100);
        Assert.False(second.IsCompleted);
        await a.StartAsync();

        var both = Task.WhenAll(first, second);
        await StepAsync(both);

        Assert.All(await both, reply => Assert.Equal(200, reply.Status));
    }

    [Fact]
    public async Task Lease_UnknownCluster_IsNotReady()
    {
        await using var pool = TestPool.Start();

        var e = await Assert.ThrowsAsync<GatewayException>(async () => await LeaseAsync(pool));

        Assert.Equal(ErrorKind.NotReady, e.Kind);
    }

    [Fact]
    public async Task Send_ManyAtOnceOverFewPlaces_LosesNoPlaceAndNoCall()
    {
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, SeenRequest.BodyOf(http)));
        await using var b = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, SeenRequest.BodyOf(http)));
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:Concurrency", "3")]);
        using var leaving = new CancellationTokenSource();

        var calls = Enumerable.Range(0, 600)
            .Select(i => pool.CallUntilAsync($"{i}", i % 5 == 0 ? leaving.Token : TestContext.Current.CancellationToken)).ToArray();
        await leaving.CancelAsync();
        foreach (var (call, i) in calls.Select((call, i) => (call, i)))
        {
            try
            {
                Assert.Equal($"{i}", System.Text.Encoding.UTF8.GetString((await call).Body.Span));
            }
            catch (OperationCanceledException) when (i % 5 == 0)
            {
                // It left.
            }
        }

        Assert.All(pool.Destinations, destination => Assert.Equal(0, destination.InFlight));
        Assert.Equal(0, pool.Pool.Find("c")!.Waiting);
    }

    private Task<ScriptedUpstream> StartHeldAsync() => ScriptedUpstream.StartAsync(async http =>
    {
        await _release.Task;
        await ScriptedUpstream.TextAsync(http, 200, "well");
    });

    private static ValueTask<DestinationLease> LeaseAsync(TestPool pool) =>
        pool.Pool.LeaseAsync("c", PromptPrefix.None, [], TestContext.Current.CancellationToken);

    private Task StepAsync(Task until) => Eventually.TrueAsync(
        async () =>
        {
            Advance(50);
            await Task.WhenAny(until, Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken));
            return until.IsCompleted;
        },
        "the calls end");

    private void Advance(int milliseconds)
    {
        for (var passed = 0; passed < milliseconds; passed += 50)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
