using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>The scoring lane over TLS and HTTP/2: the same scores, and the same care where connections are lost.</summary>
public sealed class EngineWireTests
{
    public static TheoryData<string> Wires => EngineWire.Names;

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Score_OverAnyWire_IsTheEnginesScore(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine, wire);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It."}""");

        Assert.True(status == 200, json?.ToJsonString());
        Assert.Equal(TextScore.Of("<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\nIt.<|im_end|>\n"), json!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>(), 1e-5);
        Assert.Equal(wire.Protocol, Assert.Single(engine.Upstream.Seen).Protocol);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Score_MoreCallsThanOneConnectionTakes_AllAreScored(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine, wire);

        // Kestrel takes a hundred streams on one connection.
        var replies = await Task.WhenAll(Enumerable.Range(0, 400).Select(i => gateway.PostAsync("/v1/score", $$"""{"prompt": "Ask {{i}}.", "response": "It."}""")));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Equal(400, engine.Upstream.Seen.Count);
        Assert.All(engine.Upstream.Seen, seen => Assert.Equal(wire.Protocol, seen.Protocol));
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Score_ReplyBrokenOff_IsAskedForElsewhere(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = new VllmClassifyEngine();
        var cut = 0;
        engine.Instead = async http =>
        {
            if (Interlocked.Increment(ref cut) > 1)
            {
                return false;
            }

            await ScriptedUpstream.CutMidBodyAsync(http, """{"data": [{"probs": [1.0""");
            return true;
        };
        await using var gateway = await StartAsync(engine, wire);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It."}""");

        Assert.True(status == 200, json?.ToJsonString());
        Assert.Equal(2, engine.Upstream.Seen.Count);
        Assert.NotEqual(1, json!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Score_TheEngineDiesUnderManyCalls_AreAskedForWhereItComesBack(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = new VllmClassifyEngine();
        var (hang, hanging) = (true, 0);
        engine.Instead = async http =>
        {
            if (Volatile.Read(ref hang))
            {
                Interlocked.Increment(ref hanging);
                await ScriptedUpstream.HangAsync(http);
                return true;
            }

            return false;
        };
        await using var gateway = await StartAsync(engine, wire, ("Gateway:Clusters:c:BreakerOpenMs", "50"), ("Gateway:Clusters:c:UnhealthyWaitMs", "30000"));
        var calls = Enumerable.Range(0, 50).Select(i => gateway.PostAsync("/v1/score", $$"""{"prompt": "Ask {{i}}.", "response": "It."}""")).ToArray();
        await Eventually.TrueAsync(() => Volatile.Read(ref hanging) == 50, "the engine holds all calls");

        Volatile.Write(ref hang, false);
        await engine.Upstream.StopAsync(kill: true);
        await engine.Upstream.StartAsync();

        Assert.All(await Task.WhenAll(calls), reply => Assert.Equal(200, reply.Status));
        Assert.Equal(100, engine.Upstream.Seen.Count);
    }

    [Theory]
    [MemberData(nameof(Wires))]
    public async Task Score_TheEngineRestartsGracefullyUnderLoad_LosesNothing(string name)
    {
        using var wire = EngineWire.Of(name);
        await using var engine = new VllmClassifyEngine();
        await using var gateway = await StartAsync(engine, wire, ("Gateway:Clusters:c:BreakerOpenMs", "50"), ("Gateway:Clusters:c:UnhealthyWaitMs", "30000"));
        var stop = false;
        var callers = Enumerable.Range(0, 8).Select(async caller =>
        {
            var statuses = new List<int>();
            for (var i = 0; !Volatile.Read(ref stop); i++)
            {
                statuses.Add((await gateway.PostAsync("/v1/score", $$"""{"prompt": "Ask {{caller}} {{i}}.", "response": "It."}""")).Status);
            }

            return statuses;
        }).ToArray();

        for (var restart = 0; restart < 3; restart++)
        {
            var seen = engine.Upstream.Seen.Count;
            await Eventually.TrueAsync(() => engine.Upstream.Seen.Count > seen + 50, "calls flow");
            await engine.Upstream.StopAsync(kill: false);
            await engine.Upstream.StartAsync();
        }

        Volatile.Write(ref stop, true);
        var all = (await Task.WhenAll(callers)).SelectMany(statuses => statuses).ToArray();
        Assert.All(all, status => Assert.Equal(200, status));
        Assert.True(all.Length > 150, $"{all.Length} calls");
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http1AndHttp2)]
    public async Task Score_ACertificateThatNobodyTrusts_IsAFailureThatSaysSo(HttpProtocols protocols)
    {
        using var certificate = TestCertificate.Create();
        await using var engine = new VllmClassifyEngine();
        await engine.StartAsync(EngineWire.Tls(certificate, protocols));
        await using var gateway = TestGateway.WithRemoteModel(
            RemoteModel.Manifest(engine.Kind, engine.Manifest), TimeProvider.System, [.. ScriptedUpstream.Cluster("c", engine.Upstream), ("Gateway:Clusters:c:UnhealthyWaitMs", "0")]);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It."}""");

        Assert.Contains(status, (int[])[502, 503]);
        var score = json!["results"]![0]!["scores"]![0]!;
        Assert.Null(score["score"]);
        Assert.Contains("certificate", score["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(engine.Upstream.Seen);
        var metrics = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Contains("outcome=\"untrusted\"", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_AnEngineWithoutHttp2_IsSpokenToAsItCan()
    {
        await using var engine = new VllmClassifyEngine();
        using var certificate = TestCertificate.Create();
        await engine.StartAsync(EngineWire.Tls(certificate, HttpProtocols.Http1));
        await using var exact = TestGateway.WithRemoteModel(
            RemoteModel.Manifest(engine.Kind, engine.Manifest), TimeProvider.System, [
                .. ScriptedUpstream.Cluster("c", engine.Upstream), ("Gateway:Clusters:c:UnhealthyWaitMs", "0"),
                ("Gateway:Clusters:c:HttpClient:DangerousAcceptAnyServerCertificate", "true"), ("Gateway:Clusters:c:HttpRequest:VersionPolicy", "RequestVersionExact")]);

        var (status, json, _) = await exact.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It."}""");

        Assert.Contains(status, (int[])[502, 503]);
        Assert.Null(json!["results"]![0]!["scores"]![0]!["score"]);
        Assert.Empty(engine.Upstream.Seen);
    }

    private static async Task<TestGateway> StartAsync(ScriptedEngine engine, EngineWire wire, params (string Key, string Value)[] settings)
    {
        await engine.StartAsync(wire.Listen);
        return TestGateway.WithRemoteModel(
            RemoteModel.Manifest(engine.Kind, engine.Manifest), TimeProvider.System, [.. ScriptedUpstream.Cluster("c", engine.Upstream), .. wire.Settings, .. settings]);
    }
}
