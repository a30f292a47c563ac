using System.Text;

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
}
