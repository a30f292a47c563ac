using System.Globalization;
using System.Net;
using System.Text;
using Gateway.Server.Tests.Upstream;
using Gateway.Server.Upstream;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Proxy;

/// <summary>The pass-through lane over TLS and HTTP/2: streams, trailers, and connections that are lost.</summary>
public sealed class ProxyWireTests : IDisposable
{
    private readonly SemaphoreSlim _next = new(0);
    private readonly SemaphoreSlim _cut = new(0);

    public static TheoryData<string> Wires => EngineWire.Names;

    public void Dispose()
    {
        _next.Dispose();
        _cut.Dispose();
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Events_Each_ArrivesBeforeTheNextIsSent(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(EventsAsync, "engine", wire.Listen);
        await using var gateway = Gateway(engine, wire.Settings);

        using var response = await OpenAsync(gateway, "all");
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            _next.Release();
            Assert.Equal($"data: {i}\n\n", await ReadAsync(stream, 9));
        }

        Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        Assert.Equal(wire.Protocol, Assert.Single(engine.Seen).Protocol);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Body_OfMegabytes_ArrivesWholeAndComesBack(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, SeenRequest.BodyOf(http)), "engine", wire.Listen);
        await using var gateway = Gateway(engine, wire.Settings);
        var body = $$"""{"model":"c","x":"{{string.Concat(Enumerable.Range(0, 3_000_000).Select(i => (char)('a' + (i % 25))))}}"}""";

        using var content = new StringContent(body);
        using var response = await gateway.Http.PostAsync("/generate", content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(body == await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    // Lengths on both sides of what is sent on at once, and of the buffers on the way.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Reply_OfAnyLength_ComesBackWhole(bool announced, bool http2Client)
    {
        await using var engine = await ScriptedUpstream.StartAsync(async http =>
        {
            var reply = new byte[int.Parse(SeenRequest.BodyOf(http).Split('"')[^2], CultureInfo.InvariantCulture)];
            http.Response.ContentLength = announced ? reply.Length : null;
            await http.Response.Body.WriteAsync(reply);
        });
        await using var gateway = Gateway(engine, ("Kestrel:EndpointDefaults:Protocols", http2Client ? "Http2" : "Http1"));
        foreach (var length in (int[])[0, 1, 16_383, 16_384, 65_535, 65_536, 65_537, 81_920, 100_000, 200_000, 1_000_003])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/generate")
            {
                Content = new StringContent($$"""{"model":"c","prompt":"{{length}}"}"""),
                Version = http2Client ? HttpVersion.Version20 : HttpVersion.Version11,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };

            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

            Assert.Equal(length, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
        }
    }

    [Theory]
    [InlineData("https, HTTP/2")]
    [InlineData("h2c")]
    public async Task Trailers_OverHttp2_Pass(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(
            async http =>
            {
                await http.Response.WriteAsync("ok");
                http.Response.AppendTrailer("X-Sum", "5");
            },
            "engine",
            wire.Listen);
        await using var gateway = Gateway(engine, [("Kestrel:EndpointDefaults:Protocols", "Http2"), .. wire.Settings]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate")
        {
            Content = new StringContent("""{"model":"c"}"""), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("5", response.TrailingHeaders.GetValues("X-Sum").Single());
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Engine_CutsOneReply_OnlyThatClientIsCut(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(EventsAsync, "engine", wire.Listen);
        await using var gateway = Gateway(engine, wire.Settings);
        using var whole = await OpenAsync(gateway, "all");
        using var part = await OpenAsync(gateway, "cut");
        await using var wholes = await whole.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await using var parts = await part.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        Assert.Equal("data: cut\n\n", await ReadAsync(parts, 11));
        _cut.Release();
        await Assert.ThrowsAnyAsync<IOException>(async () => await parts.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken));

        _next.Release(5);
        Assert.Equal("data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n", await ReadAsync(wholes, 45));
        Assert.Equal(0, await wholes.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Engine_DiesMidStream_NoClientTakesAPartForTheWhole(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(EventsAsync, "engine", wire.Listen);
        await using var gateway = Gateway(engine, wire.Settings);
        var replies = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OpenAsync(gateway, "all")));

        await engine.StopAsync(kill: true);

        foreach (var reply in replies)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            reply.Dispose();
        }

        await engine.StartAsync();
        _next.Release(5);
        await Eventually.TrueAsync(async () => (await gateway.PostAsync("/generate", """{"model":"c","prompt":"json"}""")).Status == 200, "the engine is used again");
        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 0, "the request that was answered gives its places back");
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Client_Leaves_TheEngineIsLeftAndItsConnectionServesOthers(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = await ScriptedUpstream.StartAsync(EventsAsync, "engine", wire.Listen);
        await using var gateway = Gateway(engine, [.. wire.Settings, ("Gateway:Clusters:c:BreakerFailures", "1")]);
        using var whole = await OpenAsync(gateway, "all");
        var leaving = await OpenAsync(gateway, "hang");

        leaving.Dispose();

        await Eventually.TrueAsync(() => engine.InFlight == 1, "the engine was left");
        _next.Release(5);
        Assert.Equal(45, (await whole.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length);
        Assert.Equal(BreakerState.Closed, gateway.Services.GetRequiredService<UpstreamPool>().Find("c")!.Destinations.Single().Breaker.State);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http1AndHttp2)]
    public async Task Engine_WithACertificateThatNobodyTrusts_GetsNothing(HttpProtocols protocols)
    {
        using var certificate = TestCertificate.Create();
        await using var engine = await ScriptedUpstream.StartAsync(EventsAsync, "engine", EngineWire.Tls(certificate, protocols));
        await using var gateway = Gateway(engine, ("Gateway:Clusters:c:UnhealthyWaitMs", "0"));

        var (status, json, _) = await gateway.PostAsync("/generate", """{"model":"c"}""");

        Assert.Contains(status, (int[])[502, 503]);
        Assert.Contains("certificate", json!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(engine.Seen);
    }

    private static TestGateway Gateway(ScriptedUpstream engine, params (string Key, string Value)[] settings) =>
        TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", engine), .. settings]);

    private static async Task<HttpResponseMessage> OpenAsync(TestGateway gateway, string what)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate") { Content = new StringContent($$"""{"model":"c","prompt":"{{what}}"}""") };
        return await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private async Task EventsAsync(HttpContext http)
    {
        var body = SeenRequest.BodyOf(http);
        if (body.Contains("json", StringComparison.Ordinal))
        {
            await ScriptedUpstream.JsonAsync(http, 200, "{}");
            return;
        }

        http.Response.ContentType = "text/event-stream";
        await http.Response.StartAsync();
        await http.Response.Body.FlushAsync();
        if (body.Contains("hang", StringComparison.Ordinal))
        {
            await ScriptedUpstream.HangAsync(http);
        }
        else if (body.Contains("cut", StringComparison.Ordinal))
        {
            await http.Response.WriteAsync("data: cut\n\n");
            await http.Response.Body.FlushAsync();
            await _cut.WaitAsync();
            http.Abort();
        }
        else
        {
            for (var i = 0; i < 5; i++)
            {
                await _next.WaitAsync(http.RequestAborted);
                await http.Response.WriteAsync($"data: {i}\n\n");
                await http.Response.Body.FlushAsync();
            }
        }
    }

    private static async Task<string> ReadAsync(Stream stream, int length)
    {
        var buffer = new byte[length];
        await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer);
    }
}
