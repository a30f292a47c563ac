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
    [InlineData(null)]
    [InlineData(1_500)]
    [InlineData(900_000)]
    public async Task Send_NoAnswer_EndsAtTheClustersTimeAndNotAtTheCallers(int? patience)
    {
        const int Expected = 4_000;
        await using var a = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var pool = TestPool.Start(_clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:TimeoutMs", "4000")]);
        var call = SendAsync(pool, patience);
        await Eventually.TrueAsync(() => a.InFlight == 1, "the destination has the call");

        _clock.Advance(TimeSpan.FromMilliseconds(Expected - 1));
        Assert.False(call.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        var e = await Assert.ThrowsAsync<GatewayException>(() => call);
        Assert.Equal(ErrorKind.UpstreamTimedOut, e.Kind);
        Assert.Contains($"{Expected} ms", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, pool.Destinations[0].InFlight);
        await Eventually.TrueAsync(() => a.InFlight == 0, "the destination hears that nobody waits");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task Send_DeadlinePassed_IsNotSent(int patience)
    {
        await using var a = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(_clock, ScriptedUpstream.Cluster("c", a));

        var e = await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, patience));

        Assert.Equal(ErrorKind.TimedOut, e.Kind);
        Assert.Empty(a.Seen);
        Assert.Equal(0, pool.Destinations[0].InFlight);
    }

    [Theory]
    [InlineData(null, 10_000, 7_000)]
    [InlineData(60_000, 10_000, 7_000)]
    [InlineData(5_000, 5_000, 2_000)]
    public async Task Send_ACallersDeadline_IsToldWhereItIsTheNearerOne(int? patience, int first, int second)
    {
        await using var a = await ScriptedUpstream.StartAsync(LateThenWell());
        await using var pool = TestPool.Start(_clock, [.. Deadlined(a), ("Gateway:Clusters:c:TimeoutMs", "10000")]);

        Assert.Equal(200, (await SendAsync(pool, patience)).Status);

        Assert.Equal([first, second], Told(a));
    }

    [Fact]
    public async Task Send_ADeadlineMovedOutMeanwhile_IsToldAtTheNextAttempt()
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(5), _clock);
        await using var a = await ScriptedUpstream.StartAsync(LateThenWell(() => deadline.Extend(TimeSpan.FromSeconds(30))));
        await using var pool = TestPool.Start(_clock, Deadlined(a));

        Assert.Equal(200, (await SendAsync(pool, deadline)).Status);

        Assert.Equal([5_000, 30_000], Told(a));
    }

    [Fact]
    public async Task Send_ARetryThatWouldComeTooLate_EndsWithTheFailureItself()
    {
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = "5";
            return ScriptedUpstream.TextAsync(http, 429, "busy");
        });
        await using var pool = TestPool.Start(_clock, ScriptedUpstream.Cluster("c", a));

        var e = await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, 4_000));

        Assert.Equal((ErrorKind.Overloaded, TimeSpan.FromSeconds(5)), (e.Kind, e.RetryAfter));
        Assert.Single(a.Seen);
    }

    [Theory]
    [InlineData(504, 2_000, true)]
    [InlineData(408, 1_900, true)]
    [InlineData(504, 1_000, false)]
    [InlineData(503, 2_000, false)]
    public async Task Send_AnEngineThatKeepsToTheCallersTime_IsNotHeldToHaveFailed(int status, int after, bool well)
    {
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(after));
            return ScriptedUpstream.TextAsync(http, status, "too late");
        });
        await using var pool = TestPool.Start(_clock, [.. Deadlined(a), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:Retries", "0")]);

        await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, 2_000));

        Assert.Equal(well, pool.Destinations.All(destination => destination.Breaker.State == BreakerState.Closed));
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

        Assert.Equal(200, (await SendAsync(pool, (int?)null)).Status);

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

        var e = await Assert.ThrowsAsync<GatewayException>(() => SendAsync(pool, (int?)null));

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
            using var caller = new CancellationTokenSource(TimeSpan.FromMilliseconds(10), _clock);
            var hasty = pool.CallUntilAsync("{}", caller.Token);
            await Eventually.TrueAsync(() => a.Seen.Count == call + 1, "the destination has the call");
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hasty);
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

        var call = SendAsync(pool, (int?)null);
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

    /// <summary>Resets the first call after three seconds and answers the second.</summary>
    private RequestDelegate LateThenWell(Action? meanwhile = null)
    {
        var requests = 0;
        return http =>
        {
            if (Interlocked.Increment(ref requests) > 1)
            {
                return ScriptedUpstream.TextAsync(http, 200, "well");
            }

            _clock.Advance(TimeSpan.FromSeconds(3));
            meanwhile?.Invoke();
            return ScriptedUpstream.ResetAsync(http);
        };
    }

    // The pause before a second attempt on one destination takes the clock's time: it is one of two.
    private static (string Key, string Value)[] Deadlined(ScriptedUpstream upstream) =>
        [.. ScriptedUpstream.Cluster("c", upstream, upstream), ("Gateway:Clusters:c:DeadlineHeader", "X-Left-Ms")];

    private static IEnumerable<int> Told(ScriptedUpstream upstream) =>
        upstream.Seen.Select(seen => int.Parse(seen.Headers["X-Left-Ms"], CultureInfo.InvariantCulture));

    private Task<UpstreamReply> SendAsync(TestPool pool, int? patienceMs) =>
        SendAsync(pool, patienceMs is { } ms ? new Deadline(TimeSpan.FromMilliseconds(ms), _clock) : null);

    private static Task<UpstreamReply> SendAsync(TestPool pool, Deadline? deadline) => pool.Pool.SendAsync(
        new UpstreamCall { Cluster = "c", Path = "/call", Body = Encoding.UTF8.GetBytes("{}"), Deadline = deadline },
        TestContext.Current.CancellationToken);
}
