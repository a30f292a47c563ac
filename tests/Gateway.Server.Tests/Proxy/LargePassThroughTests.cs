using System.IO.Pipelines;
using Gateway.Server.Tests.Upstream;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Bodies far larger than what is held, in both directions: they stream, and the gateway's memory stays small.</summary>
public sealed class LargePassThroughTests
{
    private const int Megabyte = 1024 * 1024;
    private const long Size = 100L * Megabyte;

    [Fact]
    public async Task Post_100MegabytesEachWay_StreamInLittleMemory()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
            long received = 0;
            var part = new byte[64 * 1024];
            for (int read; (read = await http.Request.Body.ReadAsync(part)) > 0; received += read)
            {
            }

            http.Response.Headers["X-Received"] = $"{received}";
            for (long sent = 0; sent < Size; sent += part.Length)
            {
                await http.Response.Body.WriteAsync(part);
            }
        });
        upstream.ReadsBody = false;
        await using var gateway = GatewayProcess.Start("--Urls", "http://127.0.0.1:0", "--Gateway:Clusters:c:Destinations:a:Address", upstream.Address.ToString());
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync(), Timeout = TimeSpan.FromMinutes(5) };
        await CallAsync(http, 1);
        var before = gateway.MostMemory;

        var announced = await CallAsync(http, Size, chunked: false);
        var chunked = await CallAsync(http, Size, chunked: true);

        Assert.Equal((Size, Size), (announced.Sent, announced.Received));
        Assert.Equal((Size, Size), (chunked.Sent, chunked.Received));
        Assert.InRange(gateway.MostMemory - before, 0, 60L * Megabyte);
    }

    [Fact]
    public async Task Post_ReaderThatIsSlow_HoldsTheEngineBack()
    {
        var written = 0L;
        await using var upstream = await ScriptedUpstream.StartAsync(async http =>
        {
            var part = new byte[64 * 1024];
            for (; written < 2 * Size && !http.RequestAborted.IsCancellationRequested; Interlocked.Add(ref written, part.Length))
            {
                await http.Response.Body.WriteAsync(part, http.RequestAborted);
            }
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var content = new StringContent("{}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/models/c/generate") { Content = content };
        using var response = await gateway.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);

        // What is on its way is what sockets and pipes hold; it does not grow with what the engine has to say.
        var buffer = new byte[64 * 1024];
        long received = 0, most = 0;
        while (received < Size)
        {
            received += await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            await Task.Yield();
            most = Math.Max(most, Interlocked.Read(ref written) - received);
        }

        Assert.InRange(most, 0, 48L * Megabyte);
    }

    [Fact]
    public async Task Post_ModelBehindMegabytes_IsFoundUpToTheLimitAndTheRestStreams()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(
            new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Proxy:ScanBytes", $"{4 * Megabyte}")]);
        var near = $$"""{"x":"{{new string('x', 3 * Megabyte)}}","model":"c","y":"{{new string('y', 3 * Megabyte)}}"}""";
        var far = $$"""{"x":"{{new string('x', 5 * Megabyte)}}","model":"c"}""";

        using var found = await gateway.Http.PostAsync("/v1/completions", new StringContent(near), TestContext.Current.CancellationToken);
        var (status, reply, _) = await gateway.PostAsync("/v1/completions", far);
        using var named = await gateway.Http.PostAsync("/models/c/v1/completions", new StringContent(far), TestContext.Current.CancellationToken);

        Assert.Equal((200, 400, 200), ((int)found.StatusCode, status, (int)named.StatusCode));
        Assert.Equal(
            $"model: not within the body's first {4 * Megabyte} bytes; send it first, post to /models/<name>/v1/completions, or raise Gateway:Proxy:ScanBytes.",
            reply!["error"]!["message"]!.GetValue<string>());
        Assert.Equal([near, far], upstream.Seen.Select(seen => seen.Body));
        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 0, "the bytes are given back");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Post_BodyOverTheLimit_Is413(bool announced)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Proxy:BodyBytes", "300000"), ("Gateway:Proxy:ReplayBytes", announced ? "1048576" : "1024")]);
        using var raw = await RawHttp.ConnectAsync(gateway.Http.BaseAddress!);
        await raw.SendHeadAsync("/v1/completions", announced ? 300_001 : null);
        if (!announced)
        {
            await raw.SendChunkAsync("""{"model":"c","x":""" + "\"" + new string('x', 200_000));
            await raw.SendChunkAsync(new string('x', 200_000));
        }

        var reply = await raw.ReadReplyAsync();

        Assert.StartsWith("HTTP/1.1 413 ", reply, StringComparison.Ordinal);
        Assert.Contains("The body has more than 300000 bytes; send less, or raise Gateway:Proxy:BodyBytes.", reply, StringComparison.Ordinal);
        Assert.DoesNotContain(upstream.Seen, seen => seen.Body.Length > 300_000);
    }

    [Fact]
    public async Task Post_NoRoomForWhatIsHeld_Is429()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Limits:BodyBytes", "10000"), ("Gateway:Limits:BytesInFlight", "10000")]);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var body = $$"""{"model":"c","x":"{{new string('x', 6_000)}}"}""";
        using var content = new StringContent(body);
        var first = gateway.Http.PostAsync("/v1/completions", content, leaving.Token);
        await Eventually.TrueAsync(() => upstream.InFlight == 1, "the first is held");

        var (status, reply, response) = await gateway.PostAsync("/v1/completions", body);

        Assert.Equal((429, "overloaded", "1"), (status, reply!["error"]!["code"]!.GetValue<string>(), response.Headers.GetValues("Retry-After").Single()));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await Eventually.TrueAsync(() => gateway.Admission.Bytes == 0, "the bytes are given back");
    }

    private static async Task<(long Sent, long Received)> CallAsync(HttpClient http, long size, bool chunked = false)
    {
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = content };
        content.Headers.ContentLength = chunked ? null : Math.Max(size, 20);
        request.Headers.TransferEncodingChunked = chunked;
        var writing = WriteAsync(pipe.Writer, Math.Max(size, 20));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await writing;
        Assert.Equal(200, (int)response.StatusCode);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var part = new byte[64 * 1024];
        long received = 0;
        for (int read; (read = await stream.ReadAsync(part, TestContext.Current.CancellationToken)) > 0; received += read)
        {
        }

        return (long.Parse(response.Headers.GetValues("X-Received").Single(), System.Globalization.CultureInfo.InvariantCulture), received);
    }

    private static async Task WriteAsync(PipeWriter writer, long size)
    {
        await writer.WriteAsync("{\"model\":\"c\",\"x\":\""u8.ToArray());
        var part = new byte[64 * 1024];
        for (var left = size - 18; left > 0; left -= part.Length)
        {
            await writer.WriteAsync(part.AsMemory(0, (int)Math.Min(left, part.Length)));
        }

        await writer.CompleteAsync();
    }
}
