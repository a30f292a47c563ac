using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Where a destination fails before its reply began, another is asked, if all of the request is still there and the cluster allows it.</summary>
public sealed class ProxyRetryTests
{
    private const string Body = """{"model":"c","prompt":"Hi"}""";

    private static (string, string) BadFirst => ("Gateway:Clusters:c:Destinations:b:Priority", "1");

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Post_DestinationThatCannot_IsPassedOver(int status)
    {
        await using var bad = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, "no"));
        await using var good = await ScriptedUpstream.StartAsync("good");
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", bad, good), BadFirst]);

        await AllAnswerAsync(gateway, "good");

        Assert.NotEmpty(bad.Seen);
        Assert.Equal(20, good.Seen.Count);
        Assert.All(good.Seen, seen => Assert.Equal(Body, seen.Body));
    }

    [Fact]
    public async Task Post_DestinationThatResets_IsPassedOver()
    {
        await using var bad = await ScriptedUpstream.StartAsync(ScriptedUpstream.ResetAsync);
        await using var good = await ScriptedUpstream.StartAsync("good");
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", bad, good), BadFirst]);

        await AllAnswerAsync(gateway, "good");

        Assert.NotEmpty(bad.Seen);
        Assert.Equal(20, good.Seen.Count);
    }

    [Fact]
    public async Task Post_NobodyListens_TheOtherAnswersEvenWhereCallsAreBilledAndBodiesStream()
    {
        await using var good = await ScriptedUpstream.StartAsync("good");
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            ("Gateway:Clusters:c:Destinations:0:Address", NobodyListens()), .. ScriptedUpstream.Cluster("c", good), ("Gateway:Clusters:c:Destinations:a:Priority", "1"),
            ("Gateway:Clusters:c:Billed", "true"), ("Gateway:Clusters:c:Retries", "0"), ("Gateway:Proxy:ReplayBytes", "0")]);

        await AllAnswerAsync(gateway, "good");

        Assert.Equal(20, good.Seen.Count);
    }

    [Fact]
    public async Task Post_NobodyListensAnywhere_Is503WithRetryAfter()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Clusters:c:Destinations:a:Address", NobodyListens()), ("Gateway:Clusters:c:UnhealthyWaitMs", "0"));

        var (status, reply, response) = await gateway.PostAsync("/v1/completions", Body);

        Assert.Equal((503, "not_ready", "server_error"), (status, reply!["error"]!["code"]!.GetValue<string>(), reply["error"]!["type"]!.GetValue<string>()));
        Assert.Equal("No destination of cluster 'c' is healthy: a fails.", reply["error"]!["message"]!.GetValue<string>());
        Assert.Equal("1", response.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData(true, 502)]
    [InlineData(false, 502)]
    public async Task Post_BilledOrTooLongToBeHeld_IsSentOnce(bool billed, int expected)
    {
        await using var one = await ScriptedUpstream.StartAsync(ScriptedUpstream.ResetAsync);
        await using var two = await ScriptedUpstream.StartAsync(ScriptedUpstream.ResetAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", one, two), billed ? ("Gateway:Clusters:c:Billed", "true") : ("Gateway:Proxy:ReplayBytes", "0")]);

        // Streams only where more is to come than the first look takes.
        var (status, reply, _) = await gateway.PostAsync("/v1/completions", Body[..^1] + ",\"x\":\"" + new string('x', 200_000) + "\"}");

        Assert.Equal(expected, status);
        Assert.Equal("upstream_failed", reply!["error"]!["code"]!.GetValue<string>());
        Assert.Equal(1, one.Seen.Count + two.Seen.Count);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Post_BilledAndRefused_IsTriedElsewhere(int status)
    {
        await using var bad = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, "no"));
        await using var good = await ScriptedUpstream.StartAsync("good");
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", bad, good), BadFirst, ("Gateway:Clusters:c:Billed", "true")]);

        await AllAnswerAsync(gateway, "good");

        Assert.NotEmpty(bad.Seen);
        Assert.Equal(20, good.Seen.Count);
    }

    [Fact]
    public async Task Post_LastDestinationRefuses_ItsOwnWordsComeBack()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = "7";
            return ScriptedUpstream.JsonAsync(http, 429, """{"error":"full"}""");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:Retries", "0")]);

        var (status, reply, response) = await gateway.PostAsync("/v1/completions", Body);

        Assert.Equal((429, """{"error":"full"}""", "7"), (status, reply!.ToJsonString(), response.Headers.GetValues("Retry-After").Single()));
        Assert.Single(upstream.Seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public async Task Post_LoneDestinationAsksForMoreThanTheCallHas_ItsOwnWordsComeBackAtOnce(int breakerFailures)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers.RetryAfter = "3600";
            return ScriptedUpstream.JsonAsync(http, 503, """{"error":"resting"}""");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:BreakerFailures", $"{breakerFailures}")]);

        var (status, reply, response) = await gateway.PostAsync("/v1/completions", Body);

        Assert.Equal((503, """{"error":"resting"}""", "3600"), (status, reply!.ToJsonString(), response.Headers.GetValues("Retry-After").Single()));
        Assert.Single(upstream.Seen);
    }

    [Fact]
    public async Task Post_AllPlacesTaken_Is429WithRetryAfter()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(ScriptedUpstream.HangAsync);
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:Concurrency", "1"), ("Gateway:Clusters:c:WaitMs", "0"), ("Gateway:Clusters:c:WaitingCalls", "0")]);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body);
        var first = gateway.Http.PostAsync("/v1/completions", content, leaving.Token);
        await Eventually.TrueAsync(() => upstream.InFlight == 1, "the place is taken");

        var (status, reply, response) = await gateway.PostAsync("/v1/completions", Body);

        Assert.Equal((429, "overloaded", "rate_limit_error"), (status, reply!["error"]!["code"]!.GetValue<string>(), reply["error"]!["type"]!.GetValue<string>()));
        Assert.True(int.Parse(response.Headers.GetValues("Retry-After").Single(), CultureInfo.InvariantCulture) >= 1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task RollingRestart_UnderLoad_LosesNoRequest()
    {
        const int Callers = 8;
        var upstreams = new[] { await ScriptedUpstream.StartAsync("a"), await ScriptedUpstream.StartAsync("b"), await ScriptedUpstream.StartAsync("c") };
        await using var gateway = TestGateway.With(
            new ScriptedModel(), [.. ScriptedUpstream.Cluster("c", upstreams), ("Gateway:Clusters:c:BreakerOpenMs", "50")]);
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync()).ToArray();

        for (var round = 0; round < 2; round++)
        {
            foreach (var upstream in upstreams)
            {
                var before = upstreams.Sum(one => one.Seen.Count);
                await Eventually.TrueAsync(() => upstreams.Sum(one => one.Seen.Count) > before + 30, "requests are served");
                await upstream.StopAsync(kill: true);
                before = upstreams.Sum(one => one.Seen.Count);
                await Eventually.TrueAsync(() => upstreams.Sum(one => one.Seen.Count) > before + 30, "requests are served without it");
                await upstream.StartAsync();
                before = upstream.Seen.Count;
                await Eventually.TrueAsync(() => upstream.Seen.Count > before, "it is back");
            }
        }

        await done.CancelAsync();
        var statuses = (await Task.WhenAll(callers)).SelectMany(all => all).ToArray();
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.InRange(upstreams.Sum(one => one.Seen.Count), statuses.Length, statuses.Length + (6 * Callers));
        foreach (var upstream in upstreams)
        {
            await upstream.DisposeAsync();
        }

        async Task<List<HttpStatusCode>> CallAsync()
        {
            var seen = new List<HttpStatusCode>();
            while (!done.IsCancellationRequested)
            {
                using var content = new StringContent(Body);
                using var response = await gateway.Http.PostAsync("/v1/completions", content, TestContext.Current.CancellationToken);
                seen.Add(response.StatusCode);
            }

            return seen;
        }
    }

    private static async Task AllAnswerAsync(TestGateway gateway, string expected)
    {
        for (var i = 0; i < 20; i++)
        {
            // Chunked, so that a body whose length is not announced is held too.
            using var content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes(Body)));
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = content };
            request.Headers.TransferEncodingChunked = i % 2 == 0;
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, expected), (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        }
    }

    private static string NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
