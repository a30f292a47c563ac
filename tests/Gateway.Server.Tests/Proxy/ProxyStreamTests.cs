using System.Text;
using Gateway.Server.Tests.Upstream;
using Gateway.Server.Upstream;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Replies in parts: each is there before the next is made, whoever leaves is noticed, and a part is never taken for the whole.</summary>
public sealed class ProxyStreamTests : IAsyncDisposable
{
    private const string Body = """{"model":"c","stream":true}""";

    private static readonly (string, string)[] Http2 = [("Gateway:Clusters:c:HttpRequest:Version", "2.0"), ("Gateway:Clusters:c:HttpRequest:VersionPolicy", "RequestVersionExact")];

    private readonly SemaphoreSlim _next = new(0);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ValueTask DisposeAsync()
    {
        _next.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Events_Each_ArrivesBeforeTheNextIsSent(HttpProtocols protocol)
    {
        await using var upstream = await StartAsync(protocol, EventsAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            ("Gateway:Clusters:c:Destinations:a:Address", upstream.Urls.Single()),
            .. protocol == HttpProtocols.Http2 ? Http2 : []]);

        using var response = await OpenAsync(gateway);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < 5; i++)
        {
            _next.Release();
            Assert.Equal($"data: {i}\n\n", await ReadAsync(stream, 9));
        }

        _next.Release();
        Assert.Equal(0, await stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken));
        await RestAsync(gateway);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Trailers_ToAnHttp2Client_Pass(bool http2Engine)
    {
        await using var http1 = RawUpstream.Answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 5\r\nX-Bad: a\u0001b\r\nSet-Cookie: a=b\r\n\r\n");
        await using var http2 = await StartAsync(HttpProtocols.Http2, async http =>
        {
            await http.Response.WriteAsync("ok");
            http.Response.AppendTrailer("X-Sum", "5");
            http.Response.AppendTrailer("Set-Cookie", "a=b");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            ("Kestrel:EndpointDefaults:Protocols", "Http2"),
            ("Gateway:Clusters:c:Destinations:a:Address", http2Engine ? http2.Urls.Single() : http1.Address.ToString()), .. http2Engine ? Http2 : []]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/models/c/generate")
        {
            Content = new StringContent(Body), Version = System.Net.HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };

        using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("x-sum", Assert.Single(response.TrailingHeaders).Key);
        Assert.Equal("5", response.TrailingHeaders.GetValues("X-Sum").Single());
    }

    [Fact]
    public async Task Client_LeavesBeforeTheReply_TheEngineIsLeftToo()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body);
        var call = gateway.Http.PostAsync("/generate", content, leaving.Token);
        await Eventually.TrueAsync(() => upstream.InFlight == 1, "the engine has the call");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => upstream.InFlight == 0, "the engine was left");
        await RestAsync(gateway);
    }

    [Fact]
    public async Task Client_LeavesBetweenEvents_TheEngineIsLeftTooAndNoFaultIsLogged()
    {
        using var log = new LogLines();
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            using var registration = http.RequestAborted.Register(_left.SetResult);
            await http.Response.WriteAsync("data: 0\n\n");
            await http.Response.Body.FlushAsync();
            await _left.Task;
        });
        await using var gateway = TestGateway.With(
            new ScriptedModel(), services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log),
            [.. ScriptedUpstream.Cluster("c", upstream), ("Logging:LogLevel:Gateway.Server.Telemetry", "Warning")]);
        var response = await OpenAsync(gateway);
        await using (var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken))
        {
            await ReadAsync(stream, 9);
        }

        response.Dispose();

        await _left.Task.WaitAsync(TestContext.Current.CancellationToken);
        await RestAsync(gateway);
        Assert.DoesNotContain(log.Lines, line => line.Contains("broke off", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Engine_CutsItsReply_TheClientsConnectionIsCut(bool announced)
    {
        using var log = new LogLines();
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            http.Response.ContentLength = announced ? 1000 : null;
            await http.Response.WriteAsync("data: 0\n\n");
            await http.Response.Body.FlushAsync();
            await _next.WaitAsync();
            http.Abort();
        });
        await using var gateway = TestGateway.With(
            new ScriptedModel(), services => services.RemoveAll<ILoggerProvider>().AddSingleton<ILoggerProvider>(log),
            [.. ScriptedUpstream.Cluster("c", upstream), ("Logging:LogLevel:Gateway.Server.Telemetry", "Warning")]);
        using var response = await OpenAsync(gateway);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal("data: 0\n\n", await ReadAsync(stream, 9));

        _next.Release();

        await Assert.ThrowsAnyAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken));
        await RestAsync(gateway);
        Assert.Single(log.Lines, line => line.Contains("Destination a of cluster c broke off its reply to /generate", StringComparison.Ordinal));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Engine_FallsSilent_IsGivenUp()
    {
        var clock = new FakeTimeProvider();
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            await http.Response.WriteAsync("data: 0\n\n");
            await http.Response.Body.FlushAsync();
            await ScriptedUpstream.HangAsync(http);
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), clock, ScriptedUpstream.Cluster("c", upstream));
        using var response = await OpenAsync(gateway);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        Assert.Equal("data: 0\n\n", await ReadAsync(stream, 9));
        var next = stream.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask();

        await AdvanceUntilAsync(clock, next);

        await Assert.ThrowsAnyAsync<IOException>(() => next);
        await Eventually.TrueAsync(() => upstream.InFlight == 0, "the engine was left");
    }

    [Fact]
    public async Task Engine_NeverBegins_Is504()
    {
        var clock = new FakeTimeProvider();
        await using var upstream = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), clock, [.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:Retries", "0")]);
        var call = gateway.PostAsync("/v1/completions", Body);
        await Eventually.TrueAsync(() => upstream.InFlight == 1, "the engine has the call");

        await AdvanceUntilAsync(clock, call);

        var (status, reply, _) = await call;
        Assert.Equal((504, "upstream_timed_out", "server_error"), (status, reply!["error"]!["code"]!.GetValue<string>(), reply["error"]!["type"]!.GetValue<string>()));
        await Eventually.TrueAsync(() => upstream.InFlight == 0, "the engine was left");
    }

    [Fact]
    public async Task Client_StopsReading_SaysNothingOfTheEngine()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            var part = new byte[64 * 1024];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:PassThrough:ActivityTimeoutMs", "3000")]);
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/models/c/generate", 2);
        await raw.SendAsync("{}");
        await Eventually.TrueAsync(() => upstream.InFlight == 1, "the engine has the call");

        await Eventually.TrueAsync(() => upstream.InFlight == 0, "the client was given up");

        await RestAsync(gateway);
        Assert.Equal(BreakerState.Closed, BreakerOf(gateway));
    }

    [Fact]
    public async Task Client_StopsSending_SaysNothingOfTheEngine()
    {
        const string Beginning = """{"model":"c","x":" """;
        await using var upstream = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        upstream.ReadsBody = false;
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:TimeoutMs", "3000")]);
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/generate", 2_000_000);
        await raw.SendAsync(Beginning + new string('x', 100_000));

        var reply = await raw.ReadReplyAsync();

        Assert.Matches("^HTTP/1.1 (504|408) ", reply);
        Assert.DoesNotContain("upstream", reply[reply.IndexOf("\r\n\r\n", StringComparison.Ordinal)..], StringComparison.Ordinal);
        await RestAsync(gateway);
        Assert.Equal(BreakerState.Closed, BreakerOf(gateway));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Reply_Begun_GivesTheHeldBodyBack()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(EventsAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));

        using var response = await OpenAsync(gateway);

        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 0, "the body's bytes are given back");
        Assert.Equal(1, upstream.InFlight);
        _next.Release(6);
        Assert.Equal(45, (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Length);
        await RestAsync(gateway);
    }

    [Fact]
    public async Task Client_ExpectsToContinue_IsToldSo()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendAsync($"POST /generate HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {Body.Length}\r\n\r\n");

        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await raw.ReadAsync());
        await raw.SendAsync(Body);

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", await raw.ReadReplyAsync(), StringComparison.Ordinal);
        Assert.False(Assert.Single(upstream.Seen).Headers.ContainsKey("Expect"));
    }

    [Theory]
    [InlineData("/models/nobody/generate", 10, "HTTP/1.1 404 ")]
    [InlineData("/generate", 1L << 40, "HTTP/1.1 413 ")]
    public async Task Client_ExpectsToContinueInVain_GetsTheErrorAtOnce(string path, long length, string status)
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", "http://127.0.0.1:9"));
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendAsync($"POST {path} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n");

        Assert.StartsWith(status, await raw.ReadReplyAsync(), StringComparison.Ordinal);
    }

    private static async Task<WebApplication> StartAsync(HttpProtocols protocol, RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = protocol));
        var app = builder.Build();
        app.Run(handle);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private async Task EventsAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.StartAsync();
        await http.Response.Body.FlushAsync();
        for (var i = 0; i < 5; i++)
        {
            await _next.WaitAsync();
            await http.Response.WriteAsync($"data: {i}\n\n");
            await http.Response.Body.FlushAsync();
        }

        await _next.WaitAsync();
    }

    private static async Task<HttpResponseMessage> OpenAsync(TestGateway gateway)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/generate") { Content = new StringContent(Body) };
        return await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static async Task<string> ReadAsync(Stream stream, int length)
    {
        var buffer = new byte[length];
        await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(buffer);
    }

    private static Task AdvanceUntilAsync(FakeTimeProvider clock, Task done) => Eventually.TrueAsync(
        () =>
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            return done.IsCompleted;
        },
        "it was given up");

    private static BreakerState BreakerOf(TestGateway gateway) => gateway.Services.GetRequiredService<UpstreamPool>().Find("c")!.Destinations.Single().Breaker.State;

    /// <summary>Every permit and byte is given back.</summary>
    private static Task RestAsync(TestGateway gateway) => Eventually.TrueAsync(
        () => gateway.Admission.Bytes == 0 && gateway.Services.GetRequiredService<UpstreamPool>().Find("c")!.Destinations.All(destination => destination.InFlight == 0),
        "everything was given back");
}
