using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Which failures move a call to another destination, how often, how soon, and what is left when nothing helps.</summary>
public sealed class PoolRetryTests
{
    private int _requests;

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Send_RetryableStatus_GoesToTheOther(int status)
    {
        await using var a = await StartAsync(http => ScriptedUpstream.TextAsync(http, status, "busy"));
        await using var b = await StartAsync(http => ScriptedUpstream.TextAsync(http, status, "busy"));
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a, b));

        var reply = await pool.CallAsync();

        Assert.Equal((200, 2), (reply.Status, reply.Attempts));
        Assert.Equal((1, 1), (a.Seen.Count, b.Seen.Count));
        Assert.All(pool.Destinations, destination => Assert.Equal(0, destination.InFlight));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(413)]
    [InlineData(422)]
    [InlineData(424)]
    [InlineData(500)]
    [InlineData(501)]
    public async Task Send_AnyOtherStatus_IsTheReply(int status)
    {
        await using var a = await StartAsync(http => ScriptedUpstream.TextAsync(http, status, "no"));
        await using var b = await StartAsync(http => ScriptedUpstream.TextAsync(http, status, "no"));
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a, b));

        var reply = await pool.CallAsync();

        Assert.Equal((status, 1), (reply.Status, reply.Attempts));
        Assert.Equal(1, _requests);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    public async Task Send_BrokenConnection_GoesToTheOtherWithoutTheBudget(string fault)
    {
        await using var a = await StartAsync(Fault(fault));
        await using var b = await StartAsync(Fault(fault));
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:RetryFloor", "0"), ("Gateway:Clusters:c:RetryPercent", "0")]);

        var reply = await pool.CallAsync("""{"whole": true}""");

        Assert.Equal((200, 2), (reply.Status, reply.Attempts));
        Assert.Equal((1, 1), (a.Seen.Count, b.Seen.Count));
        Assert.All(a.Seen.Concat(b.Seen), seen => Assert.Equal("""{"whole": true}""", seen.Body));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 50\r\n\r\nabcde")]
    [InlineData("nonsense\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc")]
    public async Task Send_RepliesThatAreNoHttp_GoToTheOther(string wire)
    {
        await using var broken = RawUpstream.Answering(wire);
        await using var well = await ScriptedUpstream.StartAsync("well");
        await using var pool = TestPool.Start(
            ("Gateway:Clusters:c:Destinations:a:Address", broken.Address.ToString()),
            ("Gateway:Clusters:c:Destinations:b:Address", well.Address.ToString()),
            ("Gateway:Clusters:c:Destinations:b:Priority", "1"));

        Assert.Equal("b", (await pool.CallAsync()).Destination);
        Assert.Equal(1, broken.Connections);
    }

    [Fact]
    public async Task Send_NobodyListens_GoesToTheOtherHoweverFewRetriesThereAre()
    {
        await using var gone = await ScriptedUpstream.StartAsync();
        await using var well = await ScriptedUpstream.StartAsync();
        await gone.StopAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", gone, well), ("Gateway:Clusters:c:Retries", "0"), ("Gateway:Clusters:c:Destinations:b:Priority", "1")]);

        for (var call = 0; call < 20; call++)
        {
            Assert.Equal("b", (await pool.CallAsync()).Destination);
        }
    }

    [Theory]
    [InlineData(408, ErrorKind.UpstreamTimedOut)]
    [InlineData(429, ErrorKind.Overloaded)]
    [InlineData(502, ErrorKind.UpstreamFailed)]
    [InlineData(503, ErrorKind.NotReady)]
    [InlineData(504, ErrorKind.UpstreamTimedOut)]
    public async Task Send_RetriesUsedUp_SaysWhy(int status, ErrorKind kind)
    {
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, "secret of the judged text"));
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Retries", "3")]);

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal(kind, e.Kind);
        Assert.Equal(4, a.Seen.Count);
        Assert.Contains("a of cluster 'c'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    public async Task Send_EveryConnectionBreaks_SaysSo(string fault)
    {
        await using var a = await ScriptedUpstream.StartAsync(Fault(fault));
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Retries", "1")]);

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal(ErrorKind.UpstreamFailed, e.Kind);
        Assert.Equal(2, a.Seen.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_RetryAfter_IsWaitedFor(bool date)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        var times = new List<DateTimeOffset>();
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            times.Add(clock.GetUtcNow());
            if (times.Count > 1)
            {
                return ScriptedUpstream.TextAsync(http, 200, "well");
            }

            http.Response.Headers.RetryAfter = date ? clock.GetUtcNow().AddSeconds(7).ToString("R", CultureInfo.InvariantCulture) : "7";
            return ScriptedUpstream.TextAsync(http, 429, "busy");
        });
        await using var pool = TestPool.Start(clock, ScriptedUpstream.Cluster("c", a));

        var call = pool.CallAsync();
        await Eventually.TrueAsync(() => pool.Destinations[0].Rest > TimeSpan.Zero, "the destination asks to be left alone");
        for (var step = 0; step < 90; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        await StepAsync(clock, call);
        Assert.Equal(200, (await call).Status);
        Assert.InRange(times[1] - times[0], TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Send_RetryAfterBeyondTheDeadline_EndsAtOnce()
    {
        // The clock stands still: whatever waited would never end.
        var clock = new FakeTimeProvider();
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = "20";
            return ScriptedUpstream.TextAsync(http, 429, "busy");
        });
        await using var pool = TestPool.Start(clock, [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:TimeoutMs", "10000")]);

        var first = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());
        var second = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal((ErrorKind.Overloaded, TimeSpan.FromSeconds(20)), (first.Kind, first.RetryAfter));
        Assert.Equal((ErrorKind.Overloaded, TimeSpan.FromSeconds(20)), (second.Kind, second.RetryAfter));
        Assert.Single(a.Seen);
    }

    [Fact]
    public async Task Send_RetryAfterOfOne_DoesNotKeepFromTheOther()
    {
        var clock = new FakeTimeProvider();
        await using var a = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = "50";
            return ScriptedUpstream.TextAsync(http, 503, "busy");
        });
        await using var b = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(clock, [.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:Destinations:b:Priority", "1")]);

        var call = pool.CallAsync();
        await StepAsync(clock, call);

        Assert.Equal("b", (await call).Destination);
        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_BudgetUsedUp_IsNotRetried()
    {
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 502, "no"));
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", a),
            ("Gateway:Clusters:c:RetryPercent", "0"), ("Gateway:Clusters:c:RetryFloor", "2"), ("Gateway:Clusters:c:BreakerFailures", "100"),
        ]);

        await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());
        Assert.Equal(3, a.Seen.Count);
        await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());
        Assert.Equal(4, a.Seen.Count);
    }

    [Theory]
    [InlineData(429, 2)]
    [InlineData(503, 2)]
    [InlineData(408, 1)]
    [InlineData(502, 1)]
    [InlineData(504, 1)]
    public async Task Send_BilledAndAnswered_IsRetriedOn429And503Alone(int status, int requests)
    {
        await using var a = await StartAsync(http => ScriptedUpstream.TextAsync(http, status, "no"));
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Billed", "true")]);

        var call = await Record.ExceptionAsync(() => pool.CallAsync());

        Assert.Equal(requests, _requests);
        Assert.Equal(requests == 1, call is GatewayException);
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("cut")]
    [InlineData("hang")]
    public async Task Send_BilledAndSent_IsNeverDoubled(string fault)
    {
        await using var a = await StartAsync(Fault(fault));
        await using var b = await StartAsync(Fault(fault));
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:Billed", "true"), ("Gateway:Clusters:c:AttemptTimeoutMs", fault == "hang" ? "2000" : "0")]);

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal(fault == "hang" ? ErrorKind.UpstreamTimedOut : ErrorKind.UpstreamFailed, e.Kind);
        Assert.Equal(1, _requests);
    }

    [Fact]
    public async Task Send_BilledAndNotSent_GoesToTheOther()
    {
        await using var gone = await ScriptedUpstream.StartAsync();
        await using var well = await ScriptedUpstream.StartAsync();
        await gone.StopAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", gone, well), ("Gateway:Clusters:c:Billed", "true"), ("Gateway:Clusters:c:Destinations:b:Priority", "1")]);

        Assert.Equal("b", (await pool.CallAsync()).Destination);
    }

    [Fact]
    public async Task Send_ABlackHole_IsLeftAfterTheAttemptsTime()
    {
        await using var hole = RawUpstream.Start(connection => connection.HangAsync());
        await using var well = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(
            ("Gateway:Clusters:c:Destinations:a:Address", hole.Address.ToString()),
            ("Gateway:Clusters:c:Destinations:b:Address", well.Address.ToString()),
            ("Gateway:Clusters:c:Destinations:b:Priority", "1"),
            ("Gateway:Clusters:c:AttemptTimeoutMs", "2000"));

        Assert.Equal(("b", 2), ((await pool.CallAsync()) is var reply ? reply.Destination : "", reply.Attempts));
    }

    [Fact]
    public async Task Send_NoConnectionInTime_WasNotSentAndGoesToTheOther()
    {
        // A listener whose queue is full answers nobody who knocks.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var knocking = Enumerable.Range(0, 8).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToArray();
        var waiting = knocking.Select(socket => socket.ConnectAsync(full.LocalEndPoint!)).ToArray();
        await waiting[0];
        await using var well = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(
            ("Gateway:Clusters:c:Destinations:a:Address", $"http://{full.LocalEndPoint}"),
            ("Gateway:Clusters:c:Destinations:b:Address", well.Address.ToString()),
            ("Gateway:Clusters:c:Destinations:b:Priority", "1"),
            ("Gateway:Clusters:c:ConnectTimeoutMs", "2000"),
            ("Gateway:Clusters:c:Billed", "true"));

        var reply = await pool.CallAsync();

        Assert.Equal(("b", 2), (reply.Destination, reply.Attempts));
        Array.ForEach(knocking, socket => socket.Dispose());
        await Task.WhenAll(waiting).ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private static RequestDelegate Fault(string name) => name switch
    {
        "reset" => ScriptedUpstream.ResetAsync,
        "cut" => http => ScriptedUpstream.CutMidBodyAsync(http, "half a rep"),
        _ => ScriptedUpstream.HangAsync,
    };

    /// <summary>A server that answers the first request of all servers so, and every other with 200.</summary>
    private Task<ScriptedUpstream> StartAsync(RequestDelegate first) => ScriptedUpstream.StartAsync(
        http => Interlocked.Increment(ref _requests) == 1 ? first(http) : ScriptedUpstream.TextAsync(http, 200, "well"));

    // A step is short beside every limit, so that none is passed while the network does its part.
    private static Task StepAsync(FakeTimeProvider clock, Task until) => Eventually.TrueAsync(
        async () =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(50));
            await Task.WhenAny(until, Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));
            return until.IsCompleted;
        },
        "the call ends");
}
