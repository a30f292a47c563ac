using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>A pairwise model behind a real socket: comparisons, shares, what is undecided, what failed, and what is stored.</summary>
public sealed class PairwiseRequestTests
{
    private const string Three = """{"items": [{"prompt": "p", "responses": ["bb", "a", "ccc"]}]}""";

    [Fact]
    public async Task Score_ThreeResponses_GivesSharesAndComparisons()
    {
        await using var gateway = TestGateway.With(LongerWins());

        var (status, reply, _) = await gateway.PostAsync("/v1/score", Three);

        Assert.Equal(200, status);
        var item = reply!["results"]![0]!;
        Assert.Equal([0.5, 0, 1], item["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.Equal([2, 0, 1], item["ranking"]!.AsArray().Select(place => place!.GetValue<int>()));
        Assert.Equal(
            [(0, 1, "first"), (0, 2, "second"), (1, 2, "second")],
            item["comparisons"]!.AsArray().Select(one => (one!["a"]!.GetValue<int>(), one["b"]!.GetValue<int>(), one["verdict"]!.GetValue<string>())));
    }

    [Fact]
    public async Task Score_SameResponsesInAnotherOrder_AreFoundStored()
    {
        var model = LongerWins();
        await using var gateway = TestGateway.With(model);
        await gateway.PostAsync("/v1/score", Three);
        var asked = model.Scored;

        var (_, reply, _) = await gateway.PostAsync("/v1/score", """{"items": [{"prompt": "p", "responses": ["ccc", "bb", "a"]}]}""");

        Assert.Equal(asked, model.Scored);
        Assert.Equal([1, 0.5, 0], reply!["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
        Assert.All(reply["results"]![0]!["scores"]!.AsArray(), score => Assert.True(score!["cached"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Score_NothingDecided_IsUndecidedWithoutANumberAndNotStored()
    {
        var model = LongerWins();
        await using var gateway = TestGateway.With(model);
        const string Equal = """{"items": [{"prompt": "p", "responses": ["aa", "bb"]}]}""";

        var (status, reply, _) = await gateway.PostAsync("/v1/score", Equal);
        await gateway.PostAsync("/v1/score", Equal);

        Assert.Equal((200, 4), (status, model.Scored));
        Assert.All(reply!["results"]![0]!["scores"]!.AsArray(), score =>
        {
            Assert.Equal("undecided", score!["status"]!.GetValue<string>());
            Assert.Null(score["score"]);
            Assert.Null(score["error"]);
        });
        Assert.Empty(reply["results"]![0]!["ranking"]!.AsArray());
        Assert.Equal("undecided", reply["results"]![0]!["comparisons"]![0]!["verdict"]!.GetValue<string>());
        Assert.Equal(0, reply["usage"]!["failed"]!.GetValue<int>());
    }

    [Fact]
    public async Task Score_OneComparisonFails_FailsItsResponsesOnly()
    {
        await using var gateway = TestGateway.With(LongerWins());

        var (status, reply, _) = await gateway.PostAsync(
            "/v1/score", """{"items": [{"prompt": "p", "responses": ["bb", "fail model_failed", "ccc"]}, {"prompt": "p", "responses": ["x", "yy"]}]}""");

        Assert.Equal(200, status);
        Assert.All(reply!["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal("failed", score!["status"]!.GetValue<string>()));
        Assert.Null(reply["results"]![0]!["comparisons"]![0]!["verdict"]);
        Assert.Equal("model_failed", reply["results"]![0]!["comparisons"]![0]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal([0, 1], reply["results"]![1]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>()));
    }

    [Theory]
    [InlineData("""{"prompt": "p", "response": "r"}""", "two or more")]
    [InlineData("""{"items": [{"prompt": "p", "responses": ["a", "b"]}], "options": {"pairing": "each"}}""", "options.pairing")]
    public async Task Score_WrongPairs_IsAClear400(string body, string named)
    {
        await using var gateway = TestGateway.With(LongerWins());

        var (status, reply, _) = await gateway.PostAsync("/v1/score", body);

        Assert.Equal(400, status);
        Assert.Contains(named, reply!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_CircularPairing_ComparesNeighbours()
    {
        await using var gateway = TestGateway.With(LongerWins());

        var (_, reply, _) = await gateway.PostAsync(
            "/v1/score", """{"items": [{"prompt": "p", "responses": ["a", "bb", "ccc", "dddd"]}], "options": {"pairing": "circular"}}""");

        Assert.Equal(
            ["0 1", "1 2", "2 3", "0 3"],
            reply!["results"]![0]!["comparisons"]!.AsArray().Select(one => $"{one!["a"]} {one["b"]}"));
    }

    /// <summary>The longer of two is better; two of one length are undecided.</summary>
    internal static ScriptedModel LongerWins() => new()
    {
        Granularity = Granularity.Pairwise,
        Answer = ScriptedModel.FailWhereAsked,
        Returned = lengths => [.. lengths.Chunk(2).SelectMany(pair => Shares(pair[0], pair[1]))],
    };

    private static ScoreResult[] Shares(ScoreResult one, ScoreResult other)
    {
        if ((one.Failure ?? other.Failure) is { } failure)
        {
            return [failure, failure];
        }

        var difference = one.Score!.Value - other.Score!.Value;
        return difference == 0
            ? [new Undecided("the two orders disagree", Judgement.Of(null), 3, default), new Undecided("the two orders disagree", Judgement.Of(null), 3, default)]
            : [ScriptedModel.Of(difference > 0 ? 1 : 0), ScriptedModel.Of(difference > 0 ? 0 : 1)];
    }
}
