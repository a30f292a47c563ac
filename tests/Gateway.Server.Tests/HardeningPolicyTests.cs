using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>Policies over the wire: what is floored or rejected never reaches the model, and is always marked.</summary>
public sealed class HardeningPolicyTests
{
    private const string Opener = "Thought process:";

    private readonly ScriptedModel _model = new();

    [Fact]
    public async Task Score_ContentFreeWithFloor_IsFlooredAndNeverReachesTheModel()
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Models:scripted:Floor", "-7.5"));

        var (status, json, response) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["good", "Thought process:"]}]}""");

        var scores = json!["results"]![0]!["scores"]!;
        Assert.Equal(200, status);
        Assert.Equal(["ok", "floored"], scores.AsArray().Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal(-7.5, scores[1]!["score"]!.GetValue<double>());
        Assert.Equal(("content-free", "high", "floored"), Finding(scores[1]!));
        Assert.Equal([0, 1], json["results"]![0]!["ranking"]!.AsArray().Select(index => index!.GetValue<int>()));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Floored").Single());
        Assert.Equal(["good"], _model.Seen.Select(seen => seen.Response));
    }

    [Fact]
    public async Task Score_ContentFreeWithoutFloor_IsFlaggedAndScored()
    {
        await using var gateway = TestGateway.With(_model);

        var (_, json, response) = await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{Opener}}"}""");

        var score = json!["results"]![0]!["scores"]![0]!;
        Assert.Equal("ok", score["status"]!.GetValue<string>());
        Assert.Equal(("content-free", "high", "flagged"), Finding(score));
        Assert.False(response.Headers.Contains("X-Gateway-Floored"));
        Assert.Single(_model.Seen);
    }

    [Fact]
    public async Task GetReward_Floored_IsTheNumberMarkedInHeaderAndLogs()
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Models:scripted:Floor", "-2"));
        var body = new JsonObject
        {
            ["query"] = new JsonArray(Turn("7"), Turn(Opener), Turn("8")),
        };

        var (status, json, response) = await gateway.PostAsync("/get_reward", body.ToJsonString());

        Assert.Equal(200, status);
        Assert.Equal(-2.0, json!["rewards"]![1]!.GetValue<double>());
        Assert.Equal([0.0, 1.0, 0.0], json["extra_logs"]!["floored"]!.AsArray().Select(value => value!.GetValue<double>()));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Floored").Single());
    }

    [Fact]
    public async Task Score_DeclaredPolicyThatRejects_FailsThatResponseAlone()
    {
        await using var gateway = TestGateway.With(
            _model,
            ("Gateway:Hardening:Policies:house:Rules:content-free:High", "Reject"),
            ("Gateway:Models:scripted:Hardening", "house"));

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["Thought process:", "good"]}]}""");

        var scores = json!["results"]![0]!["scores"]!;
        Assert.Equal(200, status);
        Assert.Equal("rejected", scores[0]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal(("content-free", "high", "rejected"), Finding(scores[0]!));
        Assert.Equal("ok", scores[1]!["status"]!.GetValue<string>());
        Assert.Equal(["good"], _model.Seen.Select(seen => seen.Response));
    }

    [Fact]
    public async Task Score_EveryResponseRejected_IsA422()
    {
        await using var gateway = TestGateway.With(
            _model,
            ("Gateway:Hardening:Policies:house:Rules:content-free:High", "Reject"),
            ("Gateway:Models:scripted:Hardening", "house"));

        Assert.Equal(422, (await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{Opener}}"}""")).Status);
        Assert.Equal(422, (await gateway.PostAsync("/", $$"""{"prompt": "p", "response": "{{Opener}}"}""")).Status);
        Assert.Empty(_model.Seen);
    }

    [Theory]
    [InlineData("strict", "default", 200)]
    [InlineData("default", "default", 200)]
    [InlineData("observe", "default", 403)]
    [InlineData("off", "default", 403)]
    [InlineData("default", "strict", 403)]
    [InlineData("observe", "observe", 200)]
    public async Task Score_PolicyOfTheRequest_MayBeStricterOnly(string asked, string own, int expected)
    {
        await using var gateway = TestGateway.With(
            _model, ("Gateway:Hardening:AllowRelax", "Never"), ("Gateway:Models:scripted:Hardening", own));

        var (status, json, _) = await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "r", "options": {"hardening": "{{asked}}"} }""");

        Assert.Equal(expected, status);
        Assert.True(status == 200 || json!["kind"]!.GetValue<string>() == "forbidden");
    }

    [Theory]
    [InlineData("Loopback")]
    [InlineData("Always")]
    public async Task Score_MilderPolicyFromThisMachine_IsGranted(string allowed)
    {
        await using var gateway = TestGateway.With(_model, ("Gateway:Hardening:AllowRelax", allowed));

        var (status, json, _) = await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{Opener}}", "options": {"hardening": "off"} }""");

        Assert.Equal(200, status);
        Assert.Empty(json!["results"]![0]!["scores"]![0]!["findings"]!.AsArray());
    }

    [Fact]
    public async Task Score_OtherPolicy_IsNotAnsweredByTheStoredScore()
    {
        await using var gateway = TestGateway.With(_model);
        foreach (var policy in (string[])["default", "strict", "default"])
        {
            await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "r", "options": {"hardening": "{{policy}}"} }""");
        }

        Assert.Equal(2, _model.Seen.Count());
    }

    [Fact]
    public async Task Metrics_Findings_AreCountedByRuleActionAndModel()
    {
        await using var gateway = TestGateway.With(_model);
        await gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{Opener}}"}""");

        var metrics = await gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        // Other gateways of this process count in the same meter, under the same tags.
        Assert.Contains(metrics.Split('\n'), line => line.StartsWith("gateway_hardening_findings_total{", StringComparison.Ordinal)
            && line.Contains("rule=\"content-free\"", StringComparison.Ordinal)
            && line.Contains("action=\"flagged\"", StringComparison.Ordinal)
            && line.Contains("model=\"scripted\"", StringComparison.Ordinal));
    }

    private static string Turn(string response) => $"<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n{response}<|im_end|>\n";

    private static (string, string, string) Finding(JsonNode score)
    {
        var finding = score["findings"]!.AsArray().Single()!;
        return (finding["rule"]!.GetValue<string>(), finding["severity"]!.GetValue<string>(), finding["action"]!.GetValue<string>());
    }
}
