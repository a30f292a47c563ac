using System.Text.Json.Nodes;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>Scalar scores reduced over variants of a response, and clipped to where they were calibrated.</summary>
public sealed class SmoothingTests
{
    private static readonly (string Key, string Value)[] Smoothed =
    [
        ("Gateway:Models:scripted:Smoothing:Variants:0", "TrailingNewline"),
        ("Gateway:Models:scripted:Smoothing:Variants:1", "FinalMark"),
    ];

    private readonly ScriptedModel _model = new() { Answer = text => ScriptedModel.Of(text switch { "word" => 9, "word\n" => 1, "word." => 2, _ => text.Length }) };

    [Theory]
    [InlineData("Median", 2)]
    [InlineData("Mean", 4)]
    [InlineData("Lowest", 1)]
    public async Task Score_Smoothed_IsReducedOverTheVariants(string reduction, double expected)
    {
        await using var gateway = TestGateway.With(_model, [.. Smoothed, ("Gateway:Models:scripted:Smoothing:Reduction", reduction)]);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "word"}""");
        var (_, again, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "word"}""");

        Assert.Equal((200, expected), (status, Score(json!)["score"]!.GetValue<double>()));
        Assert.Equal((expected, true), (Score(again!)["score"]!.GetValue<double>(), Score(again!)["cached"]!.GetValue<bool>()));
        Assert.Equal(["word", "word\n", "word."], _model.Seen.Select(seen => seen.Response));
        Assert.Equal(9, json!["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Score_EvenNumberOfVariants_MedianIsTheMeanOfTheMiddleTwo()
    {
        await using var gateway = TestGateway.With(_model, Smoothed[0]);

        Assert.Equal(5, Score((await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "word"}""")).Json!)["score"]!.GetValue<double>());
    }

    [Fact]
    public async Task Score_OneVariantFails_FailsTheResponseAlone()
    {
        _model.Answer = text => text == "word." ? ScoreResult.Failed(ErrorKind.InvalidScore, "scripted.") : ScriptedModel.Of(text.Length);
        await using var gateway = TestGateway.With(_model, Smoothed);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["word", "other"]}]}""");

        var scores = json!["results"]![0]!["scores"]!;
        Assert.Equal((200, "invalid_score", 6.0), (status, scores[0]!["error"]!["kind"]!.GetValue<string>(), scores[1]!["score"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Score_Smoothed_IsAnotherRevision()
    {
        await using var plain = TestGateway.With(_model);
        await using var smoothed = TestGateway.With(new ScriptedModel(), Smoothed);
        await using var lowest = TestGateway.With(new ScriptedModel(), [.. Smoothed, ("Gateway:Models:scripted:Smoothing:Reduction", "Lowest")]);
        async Task<string> RevisionAsync(TestGateway gateway) =>
            (await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "r"}""")).Json!["revision"]!.GetValue<string>();

        string[] revisions = [await RevisionAsync(plain), await RevisionAsync(smoothed), await RevisionAsync(lowest)];

        Assert.Equal(3, revisions.Distinct().Count());
        Assert.All(revisions, revision => Assert.StartsWith("scripted-1", revision, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_EmbeddedModelSmoothed_IsTheMedianOfTheVariantsAlone()
    {
        ResponseVariant[] variants = [ResponseVariant.Trimmed, ResponseVariant.TrailingNewline, ResponseVariant.LeadingNewline, ResponseVariant.FinalMark];
        await using var smoothed = TestGateway.WithEmbeddedModel([.. variants.Select((variant, i) => ($"Gateway:Models:rm-mini:Smoothing:Variants:{i}", variant.ToString()))]);
        await using var plain = TestGateway.WithEmbeddedModel();
        string[] responses = ["Air scatters blue light. ", ":", "7"];
        async Task<double[]> ScoresAsync(TestGateway gateway, params string[] texts) =>
            [.. (await gateway.PostAsync("/v1/score", new JsonObject { ["items"] = new JsonArray(new JsonObject { ["prompt"] = "Why is the sky blue?", ["responses"] = new JsonArray([.. texts.Select(text => JsonValue.Create(text))]) }) }.ToJsonString()))
                .Json!["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>())];

        var given = await ScoresAsync(smoothed, responses);

        for (var i = 0; i < responses.Length; i++)
        {
            string[] texts = [.. variants.Select(variant => ResponseVariants.Apply(variant, responses[i])).Prepend(responses[i]).Distinct()];
            double[] own = [.. (await ScoresAsync(plain, texts)).Order()];
            Assert.Equal(own.Length % 2 == 1 ? own[own.Length / 2] : (own[(own.Length / 2) - 1] + own[own.Length / 2]) / 2, given[i]);
        }

        // Alone as in company.
        Assert.Equal(given[1], (await ScoresAsync(smoothed, ":"))[0]);
    }

    [Theory]
    [InlineData(12, 5.0, "above the calibrated range")]
    [InlineData(-7, -2.0, "below the calibrated range")]
    [InlineData(5, 5.0, null)]
    [InlineData(1.5, 1.5, null)]
    public async Task Score_BeyondTheRange_IsClippedReportedAndStoredAsItWas(double raw, double given, string? detail)
    {
        var model = new ScriptedModel { Range = new ScoreRange(-2, 5), Answer = _ => ScriptedModel.Of(raw) };
        await using var gateway = TestGateway.With(model);
        const string Body = """{"prompt": "p", "response": "r", "options": {"explain": true}}""";

        var (_, first, response) = await gateway.PostAsync("/v1/score", Body);
        var (_, again, _) = await gateway.PostAsync("/v1/score", Body);
        var (_, slime, _) = await gateway.PostAsync("/slime", """{"prompt": "p", "response": "r"}""");

        Assert.Single(model.Seen);
        Assert.Equal(given, slime!.GetValue<double>());
        foreach (var score in (JsonNode[])[Score(first!), Score(again!)])
        {
            Assert.Equal(given, score["score"]!.GetValue<double>());
            Assert.Equal(detail is null ? null : raw, score["raw"]?.GetValue<double>());
            Assert.Equal(detail, score["findings"]!.AsArray().SingleOrDefault()?["detail"]!.GetValue<string>());
        }

        Assert.Equal(detail is not null, response.Headers.Contains("X-Gateway-Findings"));
    }

    [Fact]
    public async Task Score_FloorBelowTheRange_IsTheOperatorsAndNotClipped()
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Range = new ScoreRange(-2, 5) }, ("Gateway:Models:scripted:Floor", "-9"));

        var (_, json, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "Thought process:"}""");

        Assert.Equal(("floored", -9.0), (Score(json!)["status"]!.GetValue<string>(), Score(json!)["score"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Score_ControlsAtAModelWithARange_NeedNoMarginAndCompareWhatTheModelSaid()
    {
        var model = new ScriptedModel { Range = new ScoreRange(0, 10), Answer = text => ScriptedModel.Of(text switch { ":" => 12, "better" => 20, "as good" => 12.2, _ => 0 }) };
        await using var gateway = TestGateway.With(model);

        var (status, json, _) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["better", "as good"]}], "options": {"controls": "on", "explain": true}}""");

        var scores = json!["results"]![0]!["scores"]!;
        Assert.Equal(200, status);
        Assert.Equal(["cleared", "not_cleared"], scores.AsArray().Select(score => score!["controls"]!["outcome"]!.GetValue<string>()));
        Assert.Equal([10.0, 10.0], scores.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal([20.0, 12.2], scores.AsArray().Select(score => score!["raw"]!.GetValue<double>()));
        Assert.Equal(0.5, scores[0]!["controls"]!["margin"]!.GetValue<double>());
    }

    private static JsonNode Score(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;
}
