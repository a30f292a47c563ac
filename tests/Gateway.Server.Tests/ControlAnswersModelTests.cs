using System.Text.Json.Nodes;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>Control answers at scalar models, on every dialect, and who may ask for them.</summary>
public sealed class ControlAnswersModelTests
{
    private const string On = """{"items": [{"prompt": "p", "responses": ["good", "bad"]}], "options": {"controls": "on", "explain": true}}""";

    private static readonly (string Key, string Value)[] Enabled =
    [
        ("Gateway:Models:scripted:Controls:Enabled", "true"),
        ("Gateway:Models:scripted:Controls:Margin", "0.5"),
        ("Gateway:Models:scripted:Floor", "-9"),
        ("Gateway:Models:scripted:Hardening", "house"),
        ("Gateway:Hardening:Policies:house:Rules:control-answers:High", "Floor"),
    ];

    private readonly ScriptedModel _model = new() { Answer = text => ScriptedModel.Of(text == "good" || text.EndsWith("good<|im_end|>\n", StringComparison.Ordinal) ? 2 : text.EndsWith(':') && !text.EndsWith("s:", StringComparison.Ordinal) ? 1 : 0.5) };

    [Fact]
    public async Task Score_ScalarModel_HoldsRawScoresAgainstTheBestControl()
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        var (status, json, _) = await gateway.PostAsync("/v1/score", On);

        var scores = json!["results"]![0]!["scores"]!;
        Assert.Equal(200, status);
        Assert.Equal(["ok", "floored"], scores.AsArray().Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal((-9.0, 0.5), (scores[1]!["score"]!.GetValue<double>(), scores[1]!["raw"]!.GetValue<double>()));
        Assert.Equal("no better than the control ':', which got 1", scores[1]!["findings"]![0]!["detail"]!.GetValue<string>());
        Assert.Equal([.. ControlSet.BuiltIn.Answers.Order(StringComparer.Ordinal)], _model.Seen.Select(seen => seen.Response).Except(["good", "bad"]).Order(StringComparer.Ordinal));
        Assert.Equal([0, 1], json["results"]![0]!["ranking"]!.AsArray().Select(place => place!.GetValue<int>()));
        Assert.Equal((6, 12), (json["usage"]!["prompt_tokens"]!.GetValue<int>(), json["usage"]!["controls"]!["prompt_tokens"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Score_WithoutExplain_SaysNoMoreThanTheFinding()
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        var (_, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "bad"}""");

        var score = json!["results"]![0]!["scores"]![0]!;
        Assert.Equal("control-answers", score["findings"]![0]!["rule"]!.GetValue<string>());
        Assert.Null(score["controls"]);
        Assert.Null(score["raw"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task GetReward_TemplatedText_PutsTheControlInTheResponsesPlaceOncePerPrompt(bool withPrompts)
    {
        await using var gateway = TestGateway.With(_model, Enabled);
        const string Prompt = "<|im_start|>user\nq<|im_end|>\n<|im_start|>assistant\n";
        var body = new JsonObject { ["query"] = new JsonArray(Prompt + "good<|im_end|>\n", Prompt + "bad<|im_end|>", Prompt + "worse") };
        if (withPrompts)
        {
            body["prompts"] = new JsonArray(Prompt, Prompt, Prompt);
        }

        var (status, json, response) = await gateway.PostAsync("/get_reward", body.ToJsonString());

        Assert.Equal(200, status);
        Assert.Equal([2.0, -9.0, -9.0], json!["rewards"]!.AsArray().Select(reward => reward!.GetValue<double>()));
        Assert.Equal([0.0, 1.0, 1.0], json["extra_logs"]!["floored"]!.AsArray().Select(value => value!.GetValue<double>()));
        Assert.Equal("1,2", response.Headers.GetValues("X-Gateway-Floored").Single());
        Assert.Equal(3 + 4, _model.Scored);
        Assert.Contains(_model.Seen, seen => seen.Response == Prompt + "Thought process:");
    }

    [Theory]
    [InlineData("/slime", """{"prompt": "p", "response": "bad"}""")]
    [InlineData("/slime/object", """{"prompt": [{"role": "user", "content": "p"}], "response": "bad"}""")]
    [InlineData("/classify", """{"messages": [{"role": "user", "content": "p"}, {"role": "assistant", "content": "bad"}], "use_activation": false}""")]
    [InlineData("/classify", """{"input": "<|im_start|>user\np<|im_end|>\n<|im_start|>assistant\nbad<|im_end|>\n", "use_activation": false}""")]
    public async Task Dialects_ControlsOn_FloorAndMark(string path, string body)
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        var (status, json, response) = await gateway.PostAsync(path, body);

        Assert.Equal(200, status);
        Assert.Contains("-9", json!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("0", response.Headers.GetValues("X-Gateway-Floored").Single());
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Findings").Single());
        Assert.Equal(5, _model.Scored);
    }

    [Fact]
    public async Task Classify_TextWithoutAJudgedTurn_IsUnchecked()
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        var (status, _, response) = await gateway.PostAsync("/classify", """{"input": "no turn here", "use_activation": false}""");

        Assert.Equal(200, status);
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Unchecked").Single());
        Assert.Equal(1, _model.Scored);
    }

    [Fact]
    public async Task GetReward_ControlFails_GivesTheNumberAndMarksIt()
    {
        _model.Answer = text => text == ":" ? ScoreResult.Failed(ErrorKind.ModelFailed, "scripted.") : ScriptedModel.Of(text == "good" ? 2 : 0);
        await using var gateway = TestGateway.With(_model, Enabled);

        var (status, json, response) = await gateway.PostAsync("/slime", """{"prompt": "p", "response": "good"}""");

        Assert.Equal((200, 2.0), (status, json!.GetValue<double>()));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Unchecked").Single());
    }

    [Fact]
    public async Task Score_ControlsDoNotFitTheHouse_AreUncheckedAndTheScoreIsGiven()
    {
        await using var gateway = TestGateway.With(_model, [.. Enabled, ("Gateway:Limits:ItemsInFlight", "3"), ("Gateway:Limits:ResponsesPerRequest", "3")]);

        var (status, json, _) = await gateway.PostAsync("/v1/score", On);

        Assert.Equal(200, status);
        var score = json!["results"]![0]!["scores"]![0]!;
        Assert.Equal((2.0, "unchecked"), (score["score"]!.GetValue<double>(), score["controls"]!["outcome"]!.GetValue<string>()));
        Assert.Equal("overloaded", score["controls"]!["answers"]![0]!["error"]!["kind"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("off")]
    [InlineData("use")]
    [InlineData("refresh")]
    public async Task Score_EveryCacheMode_AsksOncePerControlInARequest(string mode)
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["a", "b"]}, {"prompt": "p", "responses": ["c"]}], "options": {"cache": "{{mode}}"} }""");

        Assert.Equal(3 + 4, _model.Scored);
    }

    [Theory]
    [InlineData("\"on\"", null, 400, "Controls:Margin")]
    [InlineData("\"maybe\"", null, 400, "options.controls")]
    [InlineData("true", null, 400, "options.controls")]
    [InlineData("\"off\"", null, 200, null)]
    [InlineData("\"on\"", "off", 400, "hardening")]
    public async Task Score_WrongControls_AreRefusedClearly(string controls, string? policy, int expected, string? named)
    {
        await using var gateway = TestGateway.With(_model);

        var (status, json, _) = await gateway.PostAsync(
            "/v1/score", $$"""{"prompt": "p", "response": "r", "options": {"controls": {{controls}}{{(policy is null ? "" : $", \"hardening\": \"{policy}\"")}}} }""");

        Assert.Equal(expected, status);
        Assert.True(named is null || json!.ToJsonString().Contains(named, StringComparison.Ordinal), json!.ToJsonString());
    }

    [Fact]
    public async Task Score_TurningOffWhatTheModelAsksFor_IsForbiddenWhereNothingMayBeRelaxed()
    {
        await using var gateway = TestGateway.With(_model, [.. Enabled, ("Gateway:Hardening:AllowRelax", "Never")]);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "r", "options": {"controls": "off"} }""");

        Assert.Equal((403, "forbidden"), (status, json!["kind"]!.GetValue<string>()));
        Assert.Empty(_model.Seen);
    }

    [Theory]
    [InlineData("off")]
    [InlineData(null)]
    public async Task Score_RelaxedFromThisMachine_AsksForNone(string? policy)
    {
        await using var gateway = TestGateway.With(_model, Enabled);

        var (status, json, _) = await gateway.PostAsync(
            "/v1/score", policy is null ? """{"prompt": "p", "response": "bad", "options": {"controls": "off"} }""" : """{"prompt": "p", "response": "bad", "options": {"hardening": "off"} }""");

        Assert.Equal((200, 0.5), (status, json!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>()));
        Assert.Single(_model.Seen);
    }
}
