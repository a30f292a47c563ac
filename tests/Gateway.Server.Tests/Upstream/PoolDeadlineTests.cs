using System.Globalization;
using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Upstream;

/// <summary>One deadline for all attempts, which shrinks; and callers that leave leave nothing behind.</summary>
public sealed class PoolDeadlineTests
{
    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData(null, 4_000)]
    [InlineData(1_500, 1_500)]
    [InlineData(900_000, 4_000)]
    public async Task Send_NoAnswer_EndsAtTheDeadline(int? patience, int expected)
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(_clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:TimeoutMs", "4000")]);
        var call = SendAsync(pool, patience);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");

        _clock.Advance(TimeSpan.FromMilliseconds(expected - 1));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        var e = await Assert.ThrowsAsync<GatewayException>(() => call);
        Assert.Equal(ErrorKind.UpstreamTimedOut, e.Kind);
        Assert.Contains($"{expected} ms", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, pool.Destinations[0].InFlight);
        await Eventually.TrueAsync(() => a.InFlight == 0, "the destination hears that nobody waits");
    }

    [Fact]
    public async Task Send_PatienceUsedUp_IsNotSent()
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(_clock, ScriptedUpstream.Cluster("c", a));

        var e = await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, 0));

        Assert.Equal(ErrorKind.UpstreamTimedOut, e.Kind);
        Assert.Empty(a.Seen);
    }

    [Fact]
    public async Task Send_DeadlineHeader_TellsWhatIsLeftAtEachAttempt()
    {
        var requests = 0;
        RequestDelegate handle = http =>
        {
            if (Interlocked.Increment(ref requests) > 1)
            {
                return ScriptedUpstream.TextAsync(http, 200, "well");
            }

            _clock.Advance(TimeSpan.FromSeconds(3));
            return ScriptedUpstream.ResetAsync(http);
        };
        await using var a = await ScriptedUpstream.StartAsync(handle);
        await using var b = await ScriptedUpstream.StartAsync(handle);
        await using var pool = TestPool.Start(
            _clock, [.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:TimeoutMs", "10000"), ("Gateway:Clusters:c:DeadlineHeader", "X-Left-Ms")]);

        Assert.Equal(200, (await SendAsync(pool, null)).Status);

        var left = a.Seen.Concat(b.Seen).Select(seen => int.Parse(seen.Headers["X-Left-Ms"], CultureInfo.InvariantCulture)).OrderDescending();
        Assert.Equal([10_000, 7_000], left);
    }

    [Fact]
    public async Task Send_RetriesThatOutlastTheDeadline_EndWithIt()
    {
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            _clock.Advance(TimeSpan.FromSeconds(3));
            return ScriptedUpstream.ResetAsync(http);
        });
        await using var pool = TestPool.Start(
            _clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:TimeoutMs", "2000"), ("Gateway:Clusters:c:Retries", "100")]);

        var e = await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, null));

        Assert.Contains(e.Kind, new[] { ErrorKind.UpstreamTimedOut, ErrorKind.UpstreamFailed });
        Assert.Single(a.Seen);
    }

    [Fact]
    public async Task Send_AHastyCallersDeadline_IsNotHeldAgainstTheDestination()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(_clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1")]);

        for (var call = 0; call < 3; call++)
        {
            var hasty = SendAsync(pool, 10);
            await Eventually.TrueAsync(() => a.Seen.Count == call + 1, "the destination has the call");
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            await Assert.ThrowsAsync<GatewayException>(() => hasty);
        }

        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_CallersLeaveADestinationThatAnswersNobody_IsHeldAgainstItAfterItsTime()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(_clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1")]);

        for (var call = 1; call <= 3; call++)
        {
            Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
            using var caller = new CancellationTokenSource();
            var waiting = pool.CallUntilAsync("{}", caller.Token);
            await Eventually.TrueAsync(() => a.Seen.Count == call, "the destination has the call");
            _clock.Advance(TimeSpan.FromSeconds(10));
            await caller.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Assert.Equal(BreakerState.Open, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_CallerLeavesADestinationThatAnswersOthers_IsNotHeldAgainstIt()
    {
        await using var a = await ScriptedUpstream.StartAsync(
            http => SeenRequest.BodyOf(http) == "slow" ? ScriptedUpstream.HangAsync(http) : ScriptedUpstream.TextAsync(http, 200, ""));
        await using var pool = TestPool.Start(_clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1")]);
        using var caller = new CancellationTokenSource();
        var slow = pool.CallUntilAsync("slow", caller.Token);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");
        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(200, (await pool.CallAsync()).Status);

        await caller.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => slow);

        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_FullTimeWithoutAnswer_IsHeldAgainstTheDestination()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(
            _clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:TimeoutMs", "1000")]);

        var call = SendAsync(pool, null);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<GatewayException>(() => call);

        Assert.Equal(BreakerState.Open, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_CallerLeaves_FreesThePlaceAndTellsTheDestination()
    {
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1")]);
        using var caller = new CancellationTokenSource();
        var call = pool.CallUntilAsync("{}", caller.Token);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal((0, BreakerState.Closed), (pool.Destinations[0].InFlight, pool.Destinations[0].Breaker.State));
        await Eventually.TrueAsync(() => a.InFlight == 0, "the destination hears that nobody waits");
        Assert.Single(a.Seen);
    }

    [Fact]
    public async Task Send_CallerLeavesMidBody_FreesThePlace()
    {
        await using var a = await ScriptedUpstream.StartAsync(async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.WriteAsync("begin");
            await http.Response.Body.FlushAsync();
            await ScriptedUpstream.HangAsync(http);
        });
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a));
        using var caller = new CancellationTokenSource();
        var call = pool.CallUntilAsync("{}", caller.Token);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(0, pool.Destinations[0].InFlight);
    }

    private static Task<UpstreamReply> SendAsync(TestPool pool, int? patienceMs) => pool.Pool.SendAsync(
        new UpstreamCall
        {
            Cluster = "c",
            Path = "/call",
            Body = Encoding.UTF8.GetBytes("{}"),
            Patience = patienceMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
        },
        TestContext.Current.CancellationToken);
}
