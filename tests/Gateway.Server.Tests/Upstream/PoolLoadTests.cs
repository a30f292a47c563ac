using System.Globalization;
using System.Text;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Destinations come, go and restart while calls run: none is lost, and none reaches a destination more often than the pool says.</summary>
public sealed class PoolLoadTests
{
    private const int Callers = 16;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RollingRestart_OfAllDestinationsUnderLoad_LosesNoCall(bool kill)
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var c = await StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a, b, c), ("Gateway:Clusters:c:BreakerOpenMs", "50")]);
        using var metrics = new PoolMetricsReader(pool.Services);

        var calls = await UnderLoadAsync(pool, async () =>
        {
            foreach (var upstream in new[] { a, b, c, a, b, c })
            {
                await upstream.StopAsync(kill);
                await MoreAsync(a, b, c);
                await upstream.StartAsync();
                await MoreAsync(upstream);
            }
        });

        var arrived = a.Seen.Count + b.Seen.Count + c.Seen.Count;
        Assert.InRange(arrived, calls, calls + metrics.Total("gateway.upstream.retries"));
        Assert.Equal(calls, metrics.Total("gateway.upstream.attempts", ("outcome", "answered")));
        Assert.All(pool.Destinations, destination => Assert.Equal(0, destination.InFlight));
    }

    [Fact]
    public async Task Restart_OfTheOnlyDestination_HoldsTheCallsBackUntilItIsThere()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerOpenMs", "50"), ("Gateway:Clusters:c:UnhealthyWaitMs", "60000"),
            ("Gateway:Clusters:c:Retries", "10"),
        ]);

        await UnderLoadAsync(pool, async () =>
        {
            for (var restart = 0; restart < 3; restart++)
            {
                await a.StopAsync();
                await Eventually.TrueAsync(() => pool.Pool.Find("c")!.Waiting > 0, "calls wait");
                await a.StartAsync();
                await MoreAsync(a);
            }
        });
    }

    [Fact]
    public async Task Reload_DestinationsAddedAndRemovedUnderLoad_LosesNoCall()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var c = await StartAsync();
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a, b));
        using var metrics = new PoolMetricsReader(pool.Services);

        var calls = await UnderLoadAsync(pool, async () =>
        {
            foreach (var now in new ScriptedUpstream[][] { [b, c], [c], [c, a], [a, b, c], [b], [a, b] })
            {
                pool.Reload(ScriptedUpstream.Cluster("c", now));
                await Eventually.TrueAsync(() => pool.Destinations.Count == now.Length, "the change is applied");
                await MoreAsync(now);
            }
        });

        Assert.Equal(calls, a.Seen.Count + b.Seen.Count + c.Seen.Count);
        Assert.Equal(0, metrics.Total("gateway.upstream.retries"));
        Assert.All(pool.Destinations, destination => Assert.Equal(0, destination.InFlight));
    }

    [Fact]
    public async Task Reload_DestinationRemovedWithACallOnIt_FinishesTheCall()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var old = await ScriptedUpstream.StartAsync(async http =>
        {
            await release.Task;
            await ScriptedUpstream.TextAsync(http, 200, "old");
        });
        await using var next = await StartAsync();
        await using var pool = TestPool.Start(("Gateway:Clusters:c:Destinations:old:Address", old.Address.ToString()));
        var removed = pool.Destinations[0];
        var call = pool.CallAsync();
        await Eventually.TrueAsync(() => old.InFlight == 1, "the destination has the call");

        pool.Reload(("Gateway:Clusters:c:Destinations:next:Address", next.Address.ToString()));
        await Eventually.TrueAsync(() => pool.Destinations[0].Name == "next", "the change is applied");
        Assert.Equal("next", (await pool.CallAsync()).Destination);
        release.SetResult();

        Assert.Equal("old", Encoding.UTF8.GetString((await call).Body.Span));
        Assert.Equal(0, removed.InFlight);
    }

    [Fact]
    public async Task Reload_SameNameAtAnotherAddress_IsAnotherDestination()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a));
        await pool.CallAsync();

        pool.Reload(ScriptedUpstream.Cluster("c", b));
        await Eventually.TrueAsync(() => pool.Destinations[0].Address == b.Address.ToString().TrimEnd('/'), "the change is applied");
        await pool.CallAsync();

        Assert.Equal((1, 1), (a.Seen.Count, b.Seen.Count));
    }

    [Fact]
    public async Task Reload_TheGatewaysOwnSettings_AreInForceAtOnce()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Authorization", "Bearer one")]);
        await pool.CallAsync();

        pool.Reload([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Authorization", "Bearer two"), ("Gateway:Clusters:c:Concurrency", "7")]);
        await Eventually.TrueAsync(() => pool.Pool.Find("c")!.Options.Concurrency == 7, "the change is applied");
        await pool.CallAsync();

        Assert.Equal(["Bearer one", "Bearer two"], a.Seen.Select(seen => seen.Headers["Authorization"]));
    }

    [Fact]
    public async Task Reload_SettingsThatDoNotFit_LeavesTheOldInForce()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Retries", "1")]);

        pool.Reload([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Retries", "-1")]);
        pool.Reload([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Retries", "3")]);
        await Eventually.TrueAsync(() => pool.Pool.Find("c")!.Options.Retries == 3, "a change that fits is applied after one that does not");

        Assert.Equal(200, (await pool.CallAsync()).Status);
    }

    [Fact]
    public async Task Reload_ClusterRemoved_TellsThoseWhoWait()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Concurrency", "1")]);
        using var caller = new CancellationTokenSource();
        var first = pool.CallUntilAsync("{}", caller.Token);
        var second = pool.CallAsync();

        pool.Reload();

        var e = await Assert.ThrowsAsync<Gateway.Core.Scoring.GatewayException>(() => second);
        Assert.Equal(Gateway.Core.Scoring.ErrorKind.NotReady, e.Kind);
        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    private static Task<ScriptedUpstream> StartAsync() => ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, SeenRequest.BodyOf(http)));

    private static Task MoreAsync(params ScriptedUpstream[] upstreams)
    {
        var before = upstreams.Sum(upstream => upstream.Seen.Count);
        return Eventually.TrueAsync(() => upstreams.Sum(upstream => upstream.Seen.Count) > before + 20, "calls go on");
    }

    /// <summary>Runs callers, each call after the other, while something happens; every call must get its own answer. Gives the number of calls.</summary>
    private static async Task<int> UnderLoadAsync(TestPool pool, Func<Task> happening)
    {
        var (calls, over) = (0, false);
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync()).ToArray();
        await happening();
        Volatile.Write(ref over, true);
        await Task.WhenAll(callers);
        return calls;

        async Task CallAsync()
        {
            while (!Volatile.Read(ref over))
            {
                var id = Interlocked.Increment(ref calls).ToString(CultureInfo.InvariantCulture);
                var reply = await pool.CallAsync(id);
                Assert.Equal((200, id), (reply.Status, Encoding.UTF8.GetString(reply.Body.Span)));
            }
        }
    }
}
