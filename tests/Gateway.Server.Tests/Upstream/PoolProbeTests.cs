using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Each engine is asked for its health and its model by its own routes, and one that serves another model is never used.</summary>
public sealed class PoolProbeTests
{
    private static readonly (string, string) Often = ("Gateway:Clusters:c:HealthCheck:Active:Interval", "00:00:00.050");

    private volatile string _health = "200";
    private volatile string _served = "reward-7b";

    [Theory]
    [InlineData("vllm", "/health")]
    [InlineData("sglang", "/health_generate")]
    [InlineData("tei", "/health")]
    [InlineData("triton", "/v2/health/ready")]
    [InlineData("llamacpp", "/health")]
    [InlineData("tgi", "/health")]
    [InlineData("openai", "/v1/models")]
    public async Task Probe_EachEngine_ByItsOwnRouteWithTheClustersAuthorization(string engine, string path)
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", engine), ("Gateway:Clusters:c:Authorization", "Bearer key")]);

        await Eventually.TrueAsync(() => pool.Destinations[0].State.Health.Active == DestinationHealth.Healthy, "the probe went well");

        Assert.All(a.Seen, seen => Assert.Equal(("GET", path, "Bearer key"), (seen.Method, seen.Path, seen.Headers["Authorization"])));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("openrlhf")]
    public async Task Probe_EngineWithoutARoute_IsNotAsked(string engine)
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", engine)]);

        Assert.Equal(200, (await pool.CallAsync()).Status);

        Assert.Equal("/call", Assert.Single(a.Seen).Path);
    }

    [Fact]
    public async Task Probe_OwnPath_IsAskedInstead()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", "openrlhf"), ("Gateway:Clusters:c:HealthCheck:Active:Path", "/docs")]);

        await Eventually.TrueAsync(() => a.Seen.Any(seen => seen.Path == "/docs"), "the path is asked");
    }

    [Fact]
    public async Task Probe_DestinationFailsItTwice_IsNotUsedUntilItIsWell()
    {
        await using var a = await StartAsync();
        await using var b = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", a, b), ("Gateway:Clusters:c:Engine", "vllm"), Often]);
        await Eventually.TrueAsync(() => pool.Destinations[0].State.Health.Active == DestinationHealth.Healthy, "the probe went well");

        _health = "503";
        await Eventually.TrueAsync(() => !pool.Destinations[0].IsUsable, "the probe failed");
        for (var call = 0; call < 20; call++)
        {
            Assert.Equal("b", (await pool.CallAsync()).Destination);
        }

        _health = "200";
        await Eventually.TrueAsync(() => pool.Destinations[0].IsUsable, "the probe went well again");
        Assert.DoesNotContain(a.Seen, seen => seen.Path == "/call");
    }

    [Theory]
    [InlineData("vllm")]
    [InlineData("sglang")]
    [InlineData("tei")]
    [InlineData("triton")]
    [InlineData("llamacpp")]
    [InlineData("openai")]
    public async Task Model_EachEngine_IsVerifiedBeforeTheFirstCall(string engine)
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", engine), ("Gateway:Clusters:c:Model", "reward-7b"), Waits]);

        Assert.Equal(200, (await pool.CallAsync()).Status);

        var paths = a.Seen.Select(seen => seen.Path).ToList();
        var asked = engine switch { "tei" => "/info", "triton" => "/v2/models/reward-7b", _ => "/v1/models" };
        Assert.InRange(paths.IndexOf(asked), 0, paths.IndexOf("/call") - 1);
    }

    [Theory]
    [InlineData("vllm", "serves 'other'")]
    [InlineData("tei", "serves 'other'")]
    [InlineData("triton", "answers 404 to GET /v2/models/reward-7b")]
    public async Task Model_AnotherIsServed_IsReportedAndNotUsed(string engine, string says)
    {
        _served = "other";
        var log = new LogLines();
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            services => services.AddLogging(logging => logging.AddProvider(log)),
            [
                .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", engine), ("Gateway:Clusters:c:Model", "reward-7b"),
                ("Gateway:Clusters:c:UnhealthyWaitMs", "500"), Often,
            ]);
        using var metrics = new PoolMetricsReader(pool.Services);
        await Eventually.TrueAsync(() => pool.Destinations[0].Model.Fault is not null, "the destination was asked");

        var e = await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());

        Assert.Equal(ErrorKind.NotReady, e.Kind);
        Assert.Equal($"No destination of cluster 'c' is healthy: a {says} instead of 'reward-7b'.", e.Message);
        Assert.DoesNotContain(a.Seen, seen => seen.Path == "/call");
        Assert.Equal(1, metrics.Gauge("gateway.upstream.wrong_model", ("destination", "a")));
        Assert.Equal(0, metrics.Gauge("gateway.upstream.healthy", ("destination", "a")));
        Assert.Single(log.Lines, line => line.StartsWith($"Destination a of cluster c is not used: it {says}", StringComparison.Ordinal));
        Assert.Equal(["cluster c: destination a is not used: it " + says + " instead of 'reward-7b'"], pool.Pool.Troubles());
    }

    [Fact]
    public async Task Model_SwappedUnderTheSameAddress_IsFoundAndLeftAlone()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", "vllm"), ("Gateway:Clusters:c:Model", "reward-7b"), Often, Waits]);
        Assert.Equal(200, (await pool.CallAsync()).Status);

        _served = "other";
        await Eventually.TrueAsync(() => !pool.Destinations[0].IsUsable, "the swap is found");
        var calls = a.Seen.Count(seen => seen.Path == "/call");
        var waiting = pool.CallAsync();
        Assert.False(waiting.IsCompleted);
        Assert.Equal(calls, a.Seen.Count(seen => seen.Path == "/call"));

        _served = "reward-7b";
        Assert.Equal(200, (await waiting).Status);
    }

    [Fact]
    public async Task Model_RestartedWithAnother_IsNotUsedAfterTheBreak()
    {
        await using var a = await StartAsync();
        // Probes of an hour: only what broke makes the pool ask.
        await using var pool = TestPool.Start(
        [
            .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", "vllm"), ("Gateway:Clusters:c:Model", "reward-7b"),
            ("Gateway:Clusters:c:HealthCheck:Active:Interval", "01:00:00"), ("Gateway:Clusters:c:UnhealthyWaitMs", "3000"),
        ]);
        Assert.Equal(200, (await pool.CallAsync()).Status);
        await a.StopAsync();
        _served = "other";
        await a.StartAsync();
        a.Handle = http => http.Request.Path == "/call" ? ScriptedUpstream.ResetAsync(http) : AnswerAsync(http);

        Assert.Equal(ErrorKind.NotReady, (await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync())).Kind);

        Assert.Equal("serves 'other'", pool.Destinations[0].Model.Fault);
        Assert.InRange(a.Seen.Count(seen => seen.Path == "/call"), 2, 2);
    }

    [Fact]
    public async Task Model_DestinationThatAProbeCannotReach_IsDoubted()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:Engine", "vllm"), ("Gateway:Clusters:c:Model", "reward-7b"), Often, Waits]);
        Assert.Equal(200, (await pool.CallAsync()).Status);

        await a.StopAsync();

        await Eventually.TrueAsync(() => !pool.Destinations[0].Model.IsRight, "the model is doubted");
        Assert.True(pool.Destinations[0].Model.Doubts > 0);
    }

    [Fact]
    public void Serves_AskedBeforeADoubt_ProvesNothing()
    {
        var model = new ServedModel();
        model.Want("reward-7b");
        var doubts = model.Doubts;
        Assert.True(model.Doubt());

        Assert.False(model.Serves("reward-7b", ["reward-7b"], doubts));
        Assert.False(model.IsRight);
        Assert.True(model.Serves("reward-7b", ["reward-7b"], model.Doubts));
        Assert.True(model.IsRight);
    }

    [Fact]
    public async Task Doubt_WhileARoundIsUnderWay_AsksOnceMoreAfterIt()
    {
        await using var a = await StartAsync();
        await using var pool = TestPool.Start(ScriptedUpstream.Cluster("c", a));
        var events = pool.Services.GetRequiredService<UpstreamEvents>();
        var rounds = new HeldRounds();
        _ = new PromptProbes(rounds, events);
        var cluster = pool.Pool.Find("c")!;

        events.Doubt(cluster);
        events.Doubt(cluster);
        events.Doubt(cluster);
        Assert.Equal(1, rounds.Begun);
        rounds.EndOne();
        await Eventually.TrueAsync(() => rounds.Begun == 2, "it is asked again");
        rounds.EndOne();
        events.Doubt(cluster);
        await Eventually.TrueAsync(() => rounds.Begun == 3, "a later doubt is heard");
        rounds.EndOne();
    }

    private sealed class HeldRounds : IActiveHealthCheckMonitor
    {
        private readonly SemaphoreSlim _ends = new(0);
        private int _begun;

        public bool InitialProbeCompleted => true;

        public int Begun => Volatile.Read(ref _begun);

        public void EndOne() => _ends.Release();

        public Task CheckHealthAsync(IEnumerable<ClusterState> clusters)
        {
            Interlocked.Increment(ref _begun);
            return _ends.WaitAsync();
        }
    }

    private static (string, string) Waits => ("Gateway:Clusters:c:UnhealthyWaitMs", "60000");

    private Task<ScriptedUpstream> StartAsync() => ScriptedUpstream.StartAsync(AnswerAsync);

    private Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/health" or "/health_generate" or "/v2/health/ready" => ScriptedUpstream.TextAsync(http, int.Parse(_health, System.Globalization.CultureInfo.InvariantCulture), ""),
        "/v1/models" => ScriptedUpstream.JsonAsync(http, 200, $$"""{"object": "list", "data": [{"id": "base", "object": "model"}, {"id": "{{_served}}", "object": "model"}]}""".Replace("""{"id": "base", "object": "model"}, """, _served == "other" ? "" : """{"id": "base", "object": "model"}, """, StringComparison.Ordinal)),
        "/info" => ScriptedUpstream.JsonAsync(http, 200, $$"""{"model_id": "{{_served}}", "model_dtype": "float16"}"""),
        "/v2/models/reward-7b" when _served == "reward-7b" => ScriptedUpstream.JsonAsync(http, 200, """{"name": "reward-7b", "versions": ["1"]}"""),
        "/v2/models/reward-7b" => ScriptedUpstream.JsonAsync(http, 404, """{"error": "Request for unknown model: 'reward-7b' is not found"}"""),
        _ => ScriptedUpstream.TextAsync(http, 200, "well"),
    };
}
