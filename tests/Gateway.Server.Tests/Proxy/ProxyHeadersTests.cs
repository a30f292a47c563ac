using System.Diagnostics;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Which headers pass in both directions.</summary>
public sealed class ProxyHeadersTests
{
    private const string Body = """{"model":"c"}""";

    private static readonly string[] Stay =
    [
        // Beside keep-alive, close or upgrade the server forgets the other names.
        "Connection: X-Named , authorization-info", "X-Named: 1", "Authorization-Info: 1", "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eA==",
        "Proxy-Authenticate: Basic", "TE: trailers", "Trailer: X-Sum", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk", "Authorization: Bearer client", "Cookie: a=b", "X-Api-Key: k", "api-key: k", "Forwarded: for=1.2.3.4",
        "X-Forwarded-For: 1.2.3.4", "X-Forwarded-Host: h", "X-Forwarded-Proto: https", "X-Forwarded-Port: 1", "X-Forwarded-Prefix: /p", "X-Forwarded-Server: s", "X-Real-IP: 1.2.3.4", "Via: 1.1 x",
    ];

    private static readonly string[] Pass = ["Content-Type: application/json; charset=utf-8", "Content-Language: en", "User-Agent: client/1", "Accept: text/event-stream", "Accept-Encoding: br", "X-Request-Id: 1", "X-Two: a", "X-Two: b", "OpenAI-Organization: o"];

    [Fact]
    public async Task Request_Headers_OnlyThoseThatPassArrive()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);

        await raw.SendAsync($"POST /generate HTTP/1.1\r\nHost: gateway.example\r\nContent-Length: {Body.Length}\r\n{string.Concat(Stay.Concat(Pass).Select(line => line + "\r\n"))}\r\n{Body}");

        Assert.StartsWith("HTTP/1.1 200 ", await raw.ReadReplyAsync(), StringComparison.Ordinal);
        var seen = Assert.Single(upstream.Seen).Headers;
        var expected = Pass.Select(line => line.Split(": ")).GroupBy(pair => pair[0], pair => pair[1], StringComparer.OrdinalIgnoreCase)
            .Select(pair => (Name: pair.Key.ToLowerInvariant(), Value: string.Join(", ", pair)))
            .Append(("host", upstream.Address.Authority)).Append(("content-length", $"{Body.Length}"));
        Assert.Equal(expected.Order(), seen.Where(header => header.Key != "traceparent").Select(header => (Name: header.Key.ToLowerInvariant(), header.Value)).Order());
    }

    [Fact]
    public async Task Request_CredentialsWhereTheyAreConfigured_ReplaceOrPass()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.SetCookie = "s=1";
            return ScriptedUpstream.TextAsync(http, 200, "ok");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:PassThrough:ForwardCredentials", "true"),
            .. ScriptedUpstream.Cluster("own", upstream), ("Gateway:Clusters:own:PassThrough:ForwardCredentials", "true"), ("Gateway:Clusters:own:Authorization", "Bearer own")]);

        foreach (var cluster in new[] { "c", "own" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/models/{cluster}/generate") { Content = new StringContent("{}") };
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer client");
            request.Headers.TryAddWithoutValidation("Cookie", "a=b");
            request.Headers.TryAddWithoutValidation("X-Api-Key", "k");
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal("s=1", response.Headers.GetValues("Set-Cookie").Single());
        }

        Assert.Equal([("Bearer client", "a=b"), ("Bearer own", "a=b")], upstream.Seen.Select(seen => (seen.Headers["Authorization"], seen.Headers["Cookie"])));
        Assert.All(upstream.Seen, seen => Assert.Equal("k", seen.Headers["X-Api-Key"]));
    }

    [Fact]
    public async Task Request_TraceContext_GoesOn()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/models/c/generate") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        request.Headers.TryAddWithoutValidation("tracestate", "vendor=1");

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        var seen = Assert.Single(upstream.Seen).Headers;
        Assert.Matches($"^00-{trace}-[0-9a-f]{{16}}-0[01]$", seen["traceparent"]);
        Assert.Equal("vendor=1", seen["tracestate"]);
    }

    [Fact]
    public async Task Reply_Headers_OnlyThoseThatPassArrive()
    {
        await using var upstream = RawUpstream.Answering(
            "HTTP/1.1 200 Fine\r\nServer: engine\r\nConnection: X-Named, keep-alive\r\nX-Named: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nProxy-Connection: close\r\nTrailer: X\r\n"
            + "Upgrade: h2c\r\nVia: 1.1 x\r\nAlt-Svc: h3=\":1\"\r\nSet-Cookie: a=b\r\nX-Kept: yes\r\nX-Two: a\r\nX-Two: b\r\nContent-Type: text/x; a=\"b\"\r\nETag: odd\r\n"
            + "server-timing: engine;dur=1\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", upstream.Address.ToString()));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/models/c/generate", 2);
        await raw.SendAsync("{}");

        var lines = (await raw.ReadReplyAsync()).Split("\r\n");

        Assert.Equal("HTTP/1.1 200 OK", lines[0]);
        Assert.Equal("ok", lines[^1]);
        Assert.Contains("Server-Timing: engine;dur=1", lines);
        Assert.Single(lines, line => line.StartsWith("Server-Timing: gateway;", StringComparison.Ordinal));
        Assert.Equal(
            ["Content-Length: 2", "Content-Type: text/x; a=\"b\"", "Date: Thu, 01 Jan 2026 00:00:00 GMT", "ETag: odd", "X-Gateway-Model: c", "X-Kept: yes", "X-Two: a", "X-Two: b"],
            lines[1..^2].Where(line => !line.StartsWith("Server-Timing", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 204 ")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 302 ")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 ")]
    public async Task Reply_Status_PassesAsItIs(string reply, string status)
    {
        await using var upstream = RawUpstream.Answering(reply);
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", upstream.Address.ToString()));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/models/c/generate", 2);
        await raw.SendAsync("{}");

        Assert.StartsWith(status, await raw.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Reply_ThatIsNoHttp_IsAnErrorOrIsCleaned(string reply)
    {
        await using var upstream = RawUpstream.Answering(reply);
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", upstream.Address.ToString()));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/models/c/generate", 2);
        await raw.SendAsync("{}");

        var answer = await raw.ReadReplyAsync();

        Assert.Matches("^HTTP/1.1 (502 |200 OK)", answer);
        Assert.DoesNotContain("\nContent-Length: 2\r\nContent-Length", answer, StringComparison.OrdinalIgnoreCase);
        Assert.False(answer.Contains("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) && answer.Contains("Content-Length", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Reply_HeaderInLatin1_PassesByteForByte()
    {
        await using var upstream = RawUpstream.Answering("HTTP/1.1 200 OK\r\nX-Name: J\u00fcrgen\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", upstream.Address.ToString()));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/models/c/generate", 2);
        await raw.SendAsync("{}");

        // Both ends write and read UTF-8, so that what passed as bytes is the same text.
        Assert.Contains("\r\nX-Name: J\u00fcrgen\r\n", await raw.ReadReplyAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_HeaderThatCannotBeSent_IsTheClientsFault()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);

        await raw.SendAsync("POST /models/c/generate HTTP/1.1\r\nHost: x\r\nX-Name: J\u00fcrgen \u4f60\r\nContent-Length: 2\r\n\r\n{}");

        var reply = await raw.ReadReplyAsync();
        Assert.StartsWith("HTTP/1.1 400 ", reply, StringComparison.Ordinal);
        Assert.Contains("X-Name", reply, StringComparison.Ordinal);
        Assert.Empty(upstream.Seen);
    }
}
