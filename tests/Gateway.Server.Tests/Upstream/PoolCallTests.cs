using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>A call reaches a destination as it was written, and its whole reply comes back.</summary>
public sealed class PoolCallTests
{
    [Fact]
    public async Task Send_OneDestination_GivesBodyAndReply()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers["X-Engine"] = "e";
            return ScriptedUpstream.JsonAsync(http, 200, """{"score": 1}""");
        });
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", upstream));

        var reply = await pool.CallAsync("""{"input": "x"}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal("""{"score": 1}""", Encoding.UTF8.GetString(reply.Body.Span));
        Assert.Equal("application/json", reply.ContentType);
        Assert.Equal("e", reply.Header("x-engine"));
        Assert.Equal(("a", 1), (reply.Destination, reply.Attempts));
        var seen = Assert.Single(upstream.Seen);
        Assert.Equal(("POST", "/call", """{"input": "x"}"""), (seen.Method, seen.Path, seen.Body));
        Assert.Equal("application/json", seen.Headers["Content-Type"]);
    }

    [Fact]
    public async Task Send_AnEnginesOwnError_ComesBackAsItsReply()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.JsonAsync(http, 422, """{"error": "too long"}"""));
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", upstream));

        var reply = await pool.CallAsync();

        Assert.Equal((422, false), (reply.Status, reply.IsSuccess));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Send_HeadersOfTheCall_GoAlongButTheAuthorizationIsTheClusters()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:Authorization", "Bearer ours"), ("Gateway:Clusters:c:Destinations:a:Host", "engine.example"),
        ]);

        await pool.Pool.SendAsync(
            new UpstreamCall
            {
                Cluster = "c",
                Path = "/infer?x=1",
                Body = new byte[] { 1, 2, 3 },
                ContentType = "application/octet-stream",
                Headers = [new("Inference-Header-Content-Length", "2"), new("Authorization", "Bearer theirs")],
            },
            TestContext.Current.CancellationToken);

        var seen = upstream.Seen.Single();
        Assert.Equal("/infer?x=1", seen.Path);
        Assert.Equal(("2", "Bearer ours", "engine.example"), (seen.Headers["Inference-Header-Content-Length"], seen.Headers["Authorization"], seen.Headers["Host"]));
        Assert.Equal(("application/octet-stream", "3"), (seen.Headers["Content-Type"], seen.Headers["Content-Length"]));
    }

    [Fact]
    public async Task Send_NoAuthorizationConfigured_SendsNone()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", upstream));

        await pool.Pool.SendAsync(
            new UpstreamCall { Cluster = "c", Path = "/", Method = HttpMethod.Get, Headers = [new("Authorization", "Bearer theirs")] }, TestContext.Current.CancellationToken);

        Assert.False(upstream.Seen.Single().Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Send_AddressWithAPath_PutsTheCallsPathBehindIt()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start(("Gateway:Clusters:c:Destinations:a:Address", upstream.Address + "models/one/"));

        await pool.CallAsync();

        Assert.Equal("/models/one/call", upstream.Seen.Single().Path);
    }

    [Theory]
    [InlineData(1_024, true, true)]
    [InlineData(1_024, false, true)]
    [InlineData(1_025, true, false)]
    [InlineData(1_025, false, false)]
    [InlineData(300_000, false, false)]
    public async Task Send_ReplyAtAndOverTheLimit_IsReadWholeOrRefused(int bytes, bool announced, bool fits)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            http.Response.ContentLength = announced ? bytes : null;
            await http.Response.Body.WriteAsync(new byte[bytes]);
        });
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:ReplyBytes", "1024")]);

        if (fits)
        {
            Assert.Equal(bytes, (await pool.CallAsync()).Body.Length);
            return;
        }

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());
        Assert.Equal(ErrorKind.UpstreamFailed, e.Kind);
        Assert.Contains("Gateway:Clusters:c:ReplyBytes", e.Message, StringComparison.Ordinal);
        Assert.Single(upstream.Seen);
        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4_096)]
    [InlineData(3_000_000)]
    public async Task Send_RepliesOfAnySize_ComeWhole(int bytes)
    {
        var body = new byte[bytes];
        new Random(1).NextBytes(body);
        await using var upstream = await ScriptedUpstream.StartAsync(async http => await http.Response.Body.WriteAsync(body));
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", upstream));

        Assert.True((await pool.CallAsync()).Body.Span.SequenceEqual(body));
    }
}
