using System.Net;
using Gateway.Core.Scoring;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Destinations that die without a word: no reset, no close, nothing acknowledged. Without a watch calls on them wait out their whole time of 300 s.</summary>
public sealed class SilentDeathTests
{
    private static readonly (string, string)[] Watched =
        [("Gateway:Clusters:c:DeadAfterMs", "2000"), ("Gateway:Clusters:c:Destinations:b:Priority", "1")];

    [Fact]
    public async Task Send_APooledConnectionThatDied_IsTriedOnTheOther()
    {
        var dead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var dies = await ScriptedUpstream.StartAsync(http =>
        {
            // Once the reply is out the connection waits, idle, for the next call.
            http.Response.OnCompleted(() =>
            {
                Blackhole.Swallow(http);
                dead.TrySetResult();
                return Task.CompletedTask;
            });
            return ScriptedUpstream.TextAsync(http, 200, "a");
        });
        await using var lives = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", dies, lives), .. Watched]);

        var first = await pool.CallAsync();
        await dead.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = await pool.CallAsync();

        Assert.Equal(("a", "b"), (first.Destination, second.Destination));
        Assert.Equal((1, 1), (dies.Seen.Count, lives.Seen.Count));
    }

    [Fact]
    public async Task Send_ADestinationThatDiesWhileItWorks_IsTriedOnTheOther()
    {
        await using var dies = await ScriptedUpstream.StartAsync(DieAsync);
        await using var lives = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", dies, lives), .. Watched]);

        var reply = await pool.CallAsync();

        Assert.Equal(("b", 2), (reply.Destination, reply.Attempts));
    }

    [Fact]
    public async Task Send_ABilledDestinationThatDiesWhileItWorks_IsAFailureAndPaidOnce()
    {
        await using var dies = await ScriptedUpstream.StartAsync(DieAsync);
        await using var lives = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", dies, lives), .. Watched, ("Gateway:Clusters:c:Billed", "true")]);

        var fault = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal(ErrorKind.UpstreamFailed, fault.Kind);
        Assert.Empty(lives.Seen);
    }

    [Fact]
    public async Task Send_AnHttp2ConnectionWithoutAnswerToPings_IsTriedOnTheOther()
    {
        FreezingRelay? relay = null;
        await using var behind = await ScriptedUpstream.StartAsync(
            http =>
            {
                relay!.Freeze();
                return ScriptedUpstream.HangAsync(http);
            },
            listen: listen => listen.Protocols = HttpProtocols.Http2);
        await using var lives = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, "b"), listen: listen => listen.Protocols = HttpProtocols.Http2);
        await using var freezes = relay = FreezingRelay.To(behind.Address);
        await using var pool = TestPool.Start([
            .. ScriptedUpstream.Cluster("c", behind, lives), .. Watched, ("Gateway:Clusters:c:Destinations:a:Address", relay.Address.ToString()),
            ("Gateway:Clusters:c:HttpRequest:Version", "2.0"), ("Gateway:Clusters:c:HttpRequest:VersionPolicy", "RequestVersionExact")]);

        var reply = await pool.CallAsync();

        Assert.Equal(("b", 2), (reply.Destination, reply.Attempts));
    }

    [Fact]
    public async Task PassThrough_ADestinationThatDiesInTheMiddleOfAReply_CutsTheClient()
    {
        await using var dies = await ScriptedUpstream.StartAsync(async http =>
        {
            await http.Response.WriteAsync("data: 1\n\n");
            await http.Response.Body.FlushAsync();
            await DieAsync(http);
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", dies), ("Gateway:Clusters:c:DeadAfterMs", "2000")]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = new StringContent("""{"model": "c"}""") };

        using var response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task PassThrough_ADestinationThatDiesWhileItWorks_IsTriedOnTheOther()
    {
        await using var dies = await ScriptedUpstream.StartAsync(DieAsync);
        await using var lives = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.JsonAsync(http, 200, "{}"));
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", dies, lives), .. Watched]);

        var (status, _, response) = await gateway.PostAsync("/v1/completions", """{"model": "c"}""");

        Assert.Equal((200, 1, 1), (status, dies.Seen.Count, lives.Seen.Count));
        response.Dispose();
    }

    private static Task DieAsync(HttpContext http)
    {
        Blackhole.Swallow(http);
        return ScriptedUpstream.HangAsync(http);
    }
}
