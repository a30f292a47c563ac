using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>What a request becomes on its way to the model and back; the shapes themselves are in Samples/v1/score.</summary>
public sealed partial class NativeProtocolTests
{
    [Fact]
    public async Task Score_TwoResponses_RanksThemInTheClientsOrder()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, json, response) = await gateway.PostAsync("/v1/score", """
            {"items": [{"id": "a1", "prompt": "Say something", "responses": ["short", "somewhat longer", "short"]}]}
            """);

        Assert.Equal(200, status);
        Assert.Equal("[1,0,2]", json!["results"]![0]!["ranking"]!.ToJsonString());
        Assert.Equal("[[0,2]]", json["results"]![0]!["ties"]!.ToJsonString());
        Assert.Equal([5.0, 15.0, 5.0], json["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal("a1", json["results"]![0]!["id"]!.GetValue<string>());
        Assert.Equal("scripted", response.Headers.GetValues("X-Gateway-Model").Single());
    }

    [Fact]
    public async Task Score_Prompt_ReachesTheModelAsOneUserTurn() =>
        Assert.Equal(new SeenText("conversation", "user: Why?", "Because."), await SeenAsync("""{"prompt": "Why?", "response": "Because."}"""));

    [Fact]
    public async Task Score_MessagesWithParts_ReachTheModelJoinedWithTheirRoles() => Assert.Equal(
        new SeenText("conversation", "system: s\ntool-7: \nuser: one two", "yes"),
        await SeenAsync("""
            {"messages": [{"role": "system", "content": "s"}, {"role": "tool-7", "content": []},
              {"role": "user", "content": [{"type": "text", "text": "one "}, {"text": "two", "type": "text", "cache_control": {"type": "x"}}]}],
             "response": {"text": "yes"}}
            """));

    [Fact]
    public async Task Score_LoneSurrogates_ReachTheModelAsReplacementCharacters() => Assert.Equal(
        new SeenText("conversation", "user: \uFFFDa\uFFFD", "\uFFFD\U0001F600\uFFFD\uFFFD\n"),
        await SeenAsync("""{"prompt": "\udc00a\ud83d", "response": "\ud83d\ud83d\ude00\ude00\ud83d\n"}"""));

    [Fact]
    public async Task Score_EscapesAndNul_ReachTheModelDecoded() => Assert.Equal(
        new SeenText("conversation", "user: a\0\"\\/\b\f\n\r\t", "é€😀\u2028"),
        await SeenAsync("""{"prompt": "a\u0000\"\\\/\b\f\n\r\t", "response": "\u00e9€\ud83d\ude00\u2028"}"""));

    [Fact]
    public async Task Score_RepeatedResponses_AreComputedOnce()
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model);

        var (_, json, _) = await gateway.PostAsync("/v1/score", """
            {"items": [{"prompt": "p", "responses": ["a", "bb", "a"]}, {"prompt": "p", "responses": ["bb", "a"]}, {"prompt": "q", "responses": ["a"]}]}
            """);

        Assert.Equal(3, model.Scored);
        Assert.Equal(["1,2,1", "2,1", "1"], json!["results"]!.AsArray().Select(item => string.Join(',', item!["scores"]!.AsArray().Select(score => score!["score"]))));
        Assert.Equal(9, json["usage"]!["prompt_tokens"]!.GetValue<int>());
    }

    [Fact]
    public async Task Score_RepeatedResponseThatFails_FailsEverywhereAndIsComputedOnce()
    {
        var model = new ScriptedModel { Answer = ScriptedModel.FailWhereAsked };
        await using var gateway = TestGateway.With(model);

        var (status, json, _) = await gateway.PostAsync(
            "/v1/score", """{"items": [{"prompt": "p", "responses": ["fail model_failed", "a", "fail model_failed"]}]}""");

        Assert.Equal(200, status);
        Assert.Equal(2, model.Scored);
        Assert.Equal(["failed", "ok", "failed"], json!["results"]![0]!["scores"]!.AsArray().Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal(2, json["usage"]!["failed"]!.GetValue<int>());
    }

    [Theory]
    [InlineData(0.1 + 0.2)]
    [InlineData(-1.0 / 3)]
    [InlineData(5e-324)]
    [InlineData(-1.7976931348623157e308)]
    public async Task Score_AnyFiniteScore_ArrivesBitForBit(double score)
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Answer = _ => ScriptedModel.Of(score) });

        var (_, native, _) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x"}""");
        var (_, slime, _) = await gateway.PostAsync("/slime", """{"prompt": "p", "response": "x"}""");

        Assert.Equal(score, native!["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
        Assert.Equal(score, slime!.GetValue<double>());
    }

    [Fact]
    public async Task Score_Explain_TellsWhereTheTimeWent()
    {
        await using var gateway = TestGateway.With(new ScriptedModel
        {
            Answer = _ => new Score(1, 3, Truncated: true, new ScoreTimings(
                TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(0.25), TimeSpan.FromMilliseconds(7), TimeSpan.FromMilliseconds(40))),
        });

        var (_, json, response) = await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x", "options": {"explain": true}}""");

        var score = json!["results"]![0]!["scores"]![0]!;
        Assert.Equal("""{"queue":1.5,"encode":0.25,"run":7,"upstream":40}""", score["timing_ms"]!.ToJsonString());
        Assert.True(score["truncated"]!.GetValue<bool>());
        Assert.Contains("queue;dur=1.5, encode;dur=0.25, run;dur=7, upstream;dur=40,", response.Headers.GetValues("Server-Timing").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/get_reward", """{"query": ["x"]}""")]
    [InlineData("/get_reward", """{"query": []}""")]
    [InlineData("/slime", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/classify", """{"input": "x"}""")]
    public async Task Post_AnyDialect_CarriesServerTiming(string path, string body)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (_, _, response) = await gateway.PostAsync(path, body);

        var stages = TimingEntry.Matches(response.Headers.GetValues("Server-Timing").Single());
        Assert.Equal(["parse", "harden", "cache", "queue", "encode", "run", "upstream", "total"], stages.Select(stage => stage.Groups[1].Value));
        Assert.All(stages, stage => Assert.InRange(double.Parse(stage.Groups[2].Value, CultureInfo.InvariantCulture), 0, 60_000));
        Assert.Equal(response.Content.Headers.ContentLength, (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length);
    }

    [GeneratedRegex(@"(?:^|, )([a-z]+);dur=(\d+(?:\.\d+)?)(?=,|$)")]
    private static partial Regex TimingEntry { get; }

    private static async Task<SeenText> SeenAsync(string body)
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model);
        var (status, json, _) = await gateway.PostAsync("/v1/score", body);
        Assert.True(status == 200, json?.ToJsonString());
        return Assert.Single(model.Seen);
    }
}
