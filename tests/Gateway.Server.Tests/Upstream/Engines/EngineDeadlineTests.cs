using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>The caller's own deadline on its way through a whole gateway to the engine's header, on a clock of the test's.</summary>
public sealed class EngineDeadlineTests
{
    private const string Header = "X-Left-Ms";

    private readonly FakeTimeProvider _clock = new();

    [Theory]
    [InlineData("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 7000}}""", 7_000)]
    [InlineData("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 7000, "cache": "off"}}""", 7_000)]
    [InlineData("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 7000, "cache": "refresh"}}""", 7_000)]
    [InlineData("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 500000}}""", 300_000)]
    [InlineData("/v1/score", """{"prompt": "Ask.", "response": "It."}""", 60_000)]
    [InlineData("/get_reward", """{"query": ["Ask. It."]}""", 150_000)]
    [InlineData("/", """{"prompt": "Ask.", "response": "It."}""", 100_000)]
    public async Task Score_ACallersDeadline_IsWhatTheEngineIsTold(string path, string body, int expected)
    {
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine);

        var (status, json, _) = await gateway.PostAsync(path, body);

        Assert.True(status == 200, json?.ToJsonString());
        Assert.Equal([expected], Told(engine));
    }

    [Fact]
    public async Task Score_CountsBeforeTheCall_AreToldTheDeadlineToo()
    {
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine, """{"max_tokens": 4}""");

        await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 7000}}""");

        Assert.Contains(engine.Upstream.Seen, seen => seen.Path == "/tokenize");
        Assert.All(Told(engine), told => Assert.Equal(7_000, told));
    }

    [Theory]
    [InlineData(40_000, 40_000)]
    [InlineData(2_000, 9_000)]
    public async Task Score_AnotherJoinsTheRun_TheEngineIsToldTheLaterEnd(int joiner, int expected)
    {
        await using var engine = new VllmClassifyEngine();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Instead = async http =>
        {
            if (!entered.TrySetResult())
            {
                return false;
            }

            await release.Task;
            _clock.Advance(TimeSpan.FromSeconds(1));
            await ScriptedUpstream.ResetAsync(http);
            return true;
        };
        await using var gateway = await StartAsync(engine);
        var first = gateway.PostAsync("/v1/score", Body(10_000));
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body(joiner));
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<CacheMetrics>()[CacheCount.Joined] == 1, "the second request waits");

        release.SetResult();

        Assert.All([await first, await second], reply => Assert.Equal(200, reply.Status));
        Assert.Equal([10_000, expected - (joiner > 10_000 ? 1_000 : 0)], Told(engine));
    }

    [Fact]
    public async Task Score_TheFirstCallersTimeIsUp_TheOthersIsNotCutShort()
    {
        await using var engine = new VllmClassifyEngine();
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.Instead = async _ =>
        {
            entered.TrySetResult();
            await release.Task;
            return false;
        };
        await using var gateway = await StartAsync(engine);
        var first = gateway.PostAsync("/v1/score", Body(10_000));
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);
        var second = gateway.PostAsync("/v1/score", Body(40_000));
        await Eventually.TrueAsync(() => gateway.Services.GetRequiredService<CacheMetrics>()[CacheCount.Joined] == 1, "the second request waits");

        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(504, (await first).Status);
        release.SetResult();

        Assert.Equal(200, (await second).Status);
        Assert.Single(engine.Asked);
    }

    [Fact]
    public async Task Score_WithoutTheHeadersName_TellsNothing()
    {
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine, settings: ("Gateway:Clusters:c:DeadlineHeader", ""));

        Assert.Equal(200, (await gateway.PostAsync("/v1/score", Body(7_000))).Status);

        Assert.DoesNotContain(engine.Upstream.Seen, seen => seen.Headers.ContainsKey(Header));
    }

    private static string Body(int timeout) => $$$"""{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": {{{timeout}}}}}""";

    private static IEnumerable<int> Told(ScriptedEngine engine) => engine.Upstream.Seen.Select(seen => int.Parse(seen.Headers[Header], CultureInfo.InvariantCulture));

    private async Task<TestGateway> StartAsync(ScriptedEngine engine, string manifest = "{}", params (string Key, string Value)[] settings)
    {
        await engine.StartAsync();
        var keys = JsonNode.Parse(engine.Manifest)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(manifest)!.AsObject())
        {
            keys[key] = value!.DeepClone();
        }

        return TestGateway.WithRemoteModel(
            RemoteModel.Manifest(engine.Kind, keys.ToJsonString()),
            _clock,
            // Twice, so that a lost connection is replaced without a pause.
            [.. ScriptedUpstream.Cluster("c", engine.Upstream, engine.Upstream), ("Gateway:Clusters:c:DeadlineHeader", Header), .. settings]);
    }
}
