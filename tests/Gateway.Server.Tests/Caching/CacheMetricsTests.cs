using System.Text.RegularExpressions;

namespace Gateway.Server.Tests.Caching;

public sealed partial class CacheMetricsTests
{
    [Fact]
    public async Task Metrics_AfterSomeRequests_SayWhatTheReadmeSays()
    {
        // A process of its own: meters of one name are seen by every gateway in a process.
        await using var redis = await SomeRedis.StartAsync(RedisKind.Redis);
        await using var gateway = GatewayProcess.Start(
            "--Urls", "http://127.0.0.1:0", "--Gateway:Cache:Redis", redis.Address, "--Gateway:Cache:LookupMs", "10000", "--Gateway:Onnx:Workers", "1");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        foreach (var responses in (string[])["""["a", "b"]""", """["a", "b", "c"]"""])
        {
            using var body = new StringContent($$"""{"items": [{"prompt": "p", "responses": {{responses}}}]}""");
            using var reply = await http.PostAsync("/v1/score", body, TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)reply.StatusCode);
        }

        var metrics = "";
        await Eventually.TrueAsync(
            async () =>
            {
                metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
                return Value(metrics, "gateway_cache_stored_total", "tier=\"redis\"") == "3" || Value(metrics, "gateway_cache_dropped_total", "") is not null;
            },
            "all is stored, or Redis was not there yet");

        Assert.Equal("2", Value(metrics, "gateway_cache_hits_total", "tier=\"process\""));
        Assert.Equal("3", Value(metrics, "gateway_cache_misses_total", ""));
        Assert.Equal("3", Value(metrics, "gateway_cache_stored_total", "tier=\"process\""));
        Assert.Equal("3", Value(metrics, "gateway_cache_entries", ""));
        Assert.Equal("0", Value(metrics, "gateway_cache_breaker", "operation=\"lookup\""));
        Assert.Equal("0", Value(metrics, "gateway_cache_breaker", "operation=\"store\""));
    }

    [Fact]
    public void ReadmeTable_Names_AreThoseOfTheCode()
    {
        var code = Instrument.Matches(File.ReadAllText(RepositoryRoot.File("src/Gateway.Server/Caching/CacheMetrics.cs"))
            + File.ReadAllText(RepositoryRoot.File("src/Gateway.Server/Caching/RedisNodes.cs"))
            + File.ReadAllText(RepositoryRoot.File("src/Gateway.Server/Caching/ProcessTier.cs"))).Select(match => match.Groups[1].Value.Replace('.', '_'));
        var readme = Row.Matches(File.ReadAllText(RepositoryRoot.File("README.md"))).Select(match => match.Groups[1].Value);

        Assert.Equal(code.Order(StringComparer.Ordinal), readme.Order(StringComparer.Ordinal));
    }

    private static string? Value(string metrics, string name, string tag) => metrics.Split('\n')
        .Where(line => line.StartsWith(name, StringComparison.Ordinal) && line.Contains(tag, StringComparison.Ordinal))
        .Select(line => line.Split(' ')[1])
        .SingleOrDefault();

    [GeneratedRegex("\"(gateway\\.cache\\.[a-z.]+)\"")]
    private static partial Regex Instrument { get; }

    [GeneratedRegex(@"^\| `(gateway_cache_[a-z_]+?)(?:_total|_seconds)?(?:\{[\w,]+\})?` \|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }
}
