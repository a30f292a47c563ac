using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>Lists and pairs of which the policy floors a response: it reaches no judge, and the others are judged without it.</summary>
public sealed class FlooredApartTests
{
    private const string Key = "Thought process:";

    private static readonly (string Key, string Value) Floor = ("Gateway:Models:scripted:Floor", "-1");

    [Fact]
    public async Task Score_ListWithAFlooredResponse_JudgesTheOthersInTheirOwnCompany()
    {
        var model = new ScriptedModel { Granularity = Granularity.Listwise };
        await using var gateway = TestGateway.With(model, Floor);

        var (status, reply, response) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["aa", "{{Key}}", "bbb\u200b"]}]}""");
        var (_, without, _) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["aa", "bbb\u200b"]}]}""");

        var scores = reply!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal(200, status);
        Assert.Equal(["ok", "floored", "ok"], scores.Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal([2.0, -1.0, 4.0], scores.Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal([2, 0, 1], reply["results"]![0]!["ranking"]!.AsArray().Select(place => place!.GetValue<int>()));
        Assert.Equal(["aa", "bbb\u200b"], model.Seen.Select(seen => seen.Response));
        // What was found keeps the place that the client knows.
        Assert.Equal("responses[2]", scores[2]!["findings"]![0]!["field"]!.GetValue<string>());
        Assert.Equal(("response", "floored"), (scores[1]!["findings"]![0]!["field"]!.GetValue<string>(), scores[1]!["findings"]![0]!["action"]!.GetValue<string>()));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Floored").Single());
        // It is as if the floored one had not been sent, and nothing else.
        Assert.All(without!["results"]![0]!["scores"]!.AsArray(), score => Assert.True(score!["cached"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Score_PairsWithAFlooredResponse_CompareTheOthers()
    {
        var model = PairwiseRequestTests.LongerWins();
        await using var gateway = TestGateway.With(model, Floor);

        var (_, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{Key}}", "a", "bb", "ccc"]}, {"prompt": "p", "responses": ["x", "yy"]}]}""");

        var item = reply!["results"]![0]!;
        Assert.Equal([-1, 0, 0.5, 1], item["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal([(1, 2), (1, 3), (2, 3)], item["comparisons"]!.AsArray().Select(one => (one!["a"]!.GetValue<int>(), one["b"]!.GetValue<int>())));
        Assert.DoesNotContain(model.Seen, seen => seen.Response == Key);
        Assert.Equal([0, 1], reply["results"]![1]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Score_OneLeftOfAPair_IsUndecidedAndNoWinner()
    {
        var model = PairwiseRequestTests.LongerWins();
        await using var gateway = TestGateway.With(model, Floor);

        var (status, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{Key}}", "good"]}]}""");

        var scores = reply!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal(200, status);
        Assert.Equal([("floored", "-1"), ("undecided", null)], scores.Select(score => (score!["status"]!.GetValue<string>(), score["score"]?.ToString())));
        Assert.Empty(reply["results"]![0]!["comparisons"]!.AsArray());
        Assert.Empty(model.Seen);
    }

    [Theory]
    [InlineData(Granularity.Listwise)]
    [InlineData(Granularity.Pairwise)]
    public async Task Score_AllFloored_AsksNobody(Granularity granularity)
    {
        var model = new ScriptedModel { Granularity = granularity };
        await using var gateway = TestGateway.With(model, Floor);

        var (status, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{Key}}", ":"]}]}""");

        Assert.Equal(200, status);
        Assert.All(reply!["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal("floored", score!["status"]!.GetValue<string>()));
        Assert.Empty(model.Seen);
    }

    [Fact]
    public async Task Score_WithControls_NeverShowsAFlooredResponseBesideThem()
    {
        var model = new ScriptedModel { Granularity = Granularity.Listwise, Answer = text => ScriptedModel.Of(text.StartsWith("good", StringComparison.Ordinal) ? 9 : 0) };
        await using var gateway = TestGateway.With(model, Floor, ("Gateway:Models:scripted:Controls:Enabled", "true"), ("Gateway:Models:scripted:Controls:Margin", "1"), ("Gateway:Models:scripted:Controls:Answers:0", "bad"));

        var (_, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{Key}}", "good", "poor"]}], "options": {"explain": true} }""");

        var scores = reply!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal([null, "cleared", "not_cleared"], scores.Select(score => score!["controls"]?["outcome"]!.GetValue<string>()));
        Assert.Equal(["bad", "good", "poor"], model.Seen.Select(seen => seen.Response).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Score_WithoutAFloor_FlagsAndJudgesAllTogether()
    {
        var model = new ScriptedModel { Granularity = Granularity.Listwise };
        await using var gateway = TestGateway.With(model);

        var (_, reply, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["aa", "{{Key}}"]}]}""");

        Assert.Equal(["ok", "ok"], reply!["results"]![0]!["scores"]!.AsArray().Select(score => score!["status"]!.GetValue<string>()));
        Assert.Equal(2, model.Seen.Count);
    }
}
