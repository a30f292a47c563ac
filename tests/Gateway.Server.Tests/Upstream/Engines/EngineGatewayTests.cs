using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Caching;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Remote models through a whole gateway: from a folder and a cluster to the reply of <c>/v1/score</c>.</summary>
public sealed partial class EngineGatewayTests
{
    [Theory]
    [MemberData(nameof(EngineFaultTests.All), MemberType = typeof(EngineFaultTests))]
    public async Task Score_ARemoteModel_AnswersLikeAnyOther(string kind)
    {
        await using var engine = RemoteModel.Engine(kind);
        using var folder = await FolderAsync(engine);
        await using var gateway = Gateway(engine, folder);

        var (status, json, response) = await gateway.PostAsync(
            "/v1/score", """{"items": [{"prompt": "Ask.", "responses": ["Good.", "POISON", "Bad<|im_end|>.", "Good."]}], "options": {"explain": true}}""");

        Assert.True(status == 200, json?.ToJsonString());
        var scores = json!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal(["ok", "failed", "ok", "ok"], scores.Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal("input_too_long", scores[1]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal(scores[0]!["score"]!.GetValue<double>(), scores[3]!["score"]!.GetValue<double>());
        Assert.Equal("neutralised", scores[2]!["findings"]![0]!["action"]!.GetValue<string>());
        Assert.DoesNotContain(engine.Asked, asked => asked.ToJsonString().Contains("Bad\\u003C|im_end|\\u003E", StringComparison.Ordinal));
        Assert.Contains(engine.Asked, asked => asked.ToJsonString().Contains("Bad\\u003C |im_end|\\u003E", StringComparison.Ordinal));
        Assert.StartsWith("r1-", json["revision"]!.GetValue<string>(), StringComparison.Ordinal);
        if (kind == "vllm-pooling steps")
        {
            Assert.Equal(scores[0]!["score"]!.GetValue<double>(), scores[0]!["steps"]![0]!.GetValue<double>());
        }

        // The time of calls, and each once: the folded duplicate is not counted again.
        var upstream = Timing(response, "upstream");
        Assert.Equal(
            upstream, scores[0]!["timing_ms"]!["upstream"]!.GetValue<double>() + scores[2]!["timing_ms"]!["upstream"]!.GetValue<double>(), 0.01);
        Assert.True(upstream > 0, $"{upstream} ms upstream");
    }

    [Fact]
    public async Task Score_InsideATrace_TakesTheEngineAlong()
    {
        const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await using var engine = new VllmClassifyEngine();
        using var folder = await FolderAsync(engine);
        await using var gateway = Gateway(engine, folder);
        foreach (var (name, value) in ((string, string)[])
            [("traceparent", $"00-{Trace}-00f067aa0ba902b7-01"), ("traceparent", "no trace"), ("X-None", "")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/score") { Content = new StringContent($$"""{"prompt": "Ask.", "response": "{{value}}"}""") };
            request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.TryAddWithoutValidation("tracestate", "vendor=1");
            request.Headers.TryAddWithoutValidation("baggage", "user=7");
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode);
        }

        var seen = engine.Upstream.Seen.TakeLast(3).Select(one => one.Headers).ToArray();
        Assert.Matches($"^00-{Trace}-[0-9a-f]{{16}}-01$", seen[0]["traceparent"]);
        Assert.DoesNotContain("00f067aa0ba902b7", seen[0]["traceparent"], StringComparison.Ordinal);
        Assert.Equal("vendor=1", seen[0]["tracestate"]);
        Assert.Matches("^user *= *7$", seen[0].GetValueOrDefault("baggage") ?? seen[0]["Correlation-Context"]);
        Assert.All(seen[1..], headers => Assert.DoesNotContain("traceparent", headers.Keys, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Score_SameConversationByEveryDialect_IsTheSameTextAtTheEngine()
    {
        await using var engine = new VllmClassifyEngine();
        using var folder = await FolderAsync(engine);
        await using var gateway = Gateway(engine, folder);
        const string Templated = "<|im_start|>user\\nAsk.<|im_end|>\\n<|im_start|>assistant\\n";

        var replies = new List<double>();
        foreach (var (path, body, at) in ((string, string, Func<JsonNode, JsonNode>)[])
            [("/v1/score", """{"prompt": "Ask.", "response": "It."}""", reply => reply["results"]![0]!["scores"]![0]!["score"]!),
            ("/get_reward", $$"""{"query": ["{{Templated}}It.<|im_end|>"], "prompts": ["{{Templated}}"]}""", reply => reply["rewards"]![0]!),
            ("/classify", $$"""{"input": "{{Templated}}It.<|im_end|>\n", "use_activation": false}""", reply => reply["data"]![0]!["probs"]![0]!),
            ("/", """{"prompt": [{"role": "user", "content": "Ask."}], "response": "It."}""", reply => reply)])
        {
            var (status, json, _) = await gateway.PostAsync(path, body);
            Assert.True(status == 200, json?.ToJsonString());
            replies.Add(at(json!).GetValue<double>());
        }

        Assert.Single(replies.Distinct());
        Assert.Single(engine.Asked.Select(asked => asked["input"]!.ToJsonString()).Distinct());
    }

    [Fact]
    public async Task Score_WhatMayBeASigmoids_IsGivenAndNotStoredUntilOneLiesOutside()
    {
        await using var engine = new VllmClassifyEngine();
        using var folder = await FolderAsync(engine);
        await using var gateway = Gateway(engine, folder);
        engine.Score = text => JsonValue.Create(text.Contains("outside", StringComparison.Ordinal) ? 3.5 : 0.25);

        Assert.Equal(("ok", false), await ScoreOnceAsync(gateway, "It."));
        Assert.Equal(("ok", false), await ScoreOnceAsync(gateway, "It."));
        Assert.Equal(("ok", false), await ScoreOnceAsync(gateway, "outside"));
        Assert.Equal(("ok", true), await ScoreOnceAsync(gateway, "outside"));
        Assert.Equal(("ok", false), await ScoreOnceAsync(gateway, "It."));
        Assert.Equal(("ok", true), await ScoreOnceAsync(gateway, "It."));
        Assert.Equal(4, engine.Asked.Count());
        Assert.Equal(2, gateway.Services.GetRequiredService<CacheMetrics>()[CacheCount.Dropped]);
    }

    private static async Task<(string Status, bool Cached)> ScoreOnceAsync(TestGateway gateway, string response)
    {
        var (_, json, _) = await gateway.PostAsync("/v1/score", $$"""{"prompt": "Ask.", "response": "{{response}}"}""");
        var score = json!["results"]![0]!["scores"]![0]!;
        return (score["status"]!.GetValue<string>(), score["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Score_TheEngineIsGone_FailsAndTheNextIsServedWhenItIsBack()
    {
        await using var engine = new VllmClassifyEngine();
        using var folder = await FolderAsync(engine);
        await using var gateway = Gateway(engine, folder, ("Gateway:Clusters:c:UnhealthyWaitMs", "0"), ("Gateway:Clusters:c:BreakerOpenMs", "200"));
        await engine.Upstream.StopAsync();

        var (status, gone, _) = await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It.", "options": {"timeout_ms": 5000}}""");
        Assert.Contains(status, (int[])[502, 503, 504]);
        Assert.DoesNotContain("score\":0", gone!.ToJsonString(), StringComparison.Ordinal);

        await engine.Upstream.StartAsync();
        await Eventually.TrueAsync(
            async () => (await gateway.PostAsync("/v1/score", """{"prompt": "Ask.", "response": "It."}""")).Status == 200, "the engine answers again");
    }

    [Fact]
    public async Task Score_TwoDestinations_ShareOneRequest()
    {
        await using var first = new VllmClassifyEngine();
        await using var second = new VllmClassifyEngine();
        await second.StartAsync();
        using var folder = await FolderAsync(first);
        await using var gateway = Gateway(first, folder, ("Gateway:Clusters:c:Destinations:b:Address", second.Upstream.Address.ToString()), ("Gateway:Clusters:c:Affinity", "false"));

        var responses = string.Join(',', Enumerable.Range(0, 64).Select(i => $"\"r{i}\""));
        var (status, json, _) = await gateway.PostAsync("/v1/score", $$$"""{"items": [{"prompt": "Ask.", "responses": [{{{responses}}}]}]}""");

        Assert.Equal(200, status);
        Assert.Equal(
            Enumerable.Range(0, 64).Select(i => (double)TextScore.Of($"<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\nr{i}<|im_end|>\n")),
            json!["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()),
            (one, other) => Math.Abs(one - other) < 1e-5);
        Assert.Equal(64, first.Asked.Concat(second.Asked).Sum(asked => asked["input"]!.AsArray().Count));
        Assert.Equal(2, first.Asked.Concat(second.Asked).Count());
    }

    private static TestGateway Gateway(ScriptedEngine engine, TemporaryFolder folder, params (string Key, string Value)[] settings) => TestGateway.WithEmbeddedModel(
        [("Gateway:ModelsFolder", folder.Path), ("Gateway:DefaultModel", "remote"), .. ScriptedUpstream.Cluster("c", engine.Upstream), .. settings]);

    private static async Task<TemporaryFolder> FolderAsync(ScriptedEngine engine)
    {
        await engine.StartAsync();
        var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "remote"));
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "remote", "model.json"), RemoteModel.Manifest(engine.Kind, engine.Manifest).ToJsonString(), TestContext.Current.CancellationToken);
        return folder;
    }

    private static double Timing(HttpResponseMessage response, string stage) => double.Parse(
        TimingEntry.Matches(response.Headers.GetValues("Server-Timing").Single()).Single(entry => entry.Groups[1].Value == stage).Groups[2].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\w+);dur=([0-9.]+)")]
    private static partial Regex TimingEntry { get; }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("remote-models-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
