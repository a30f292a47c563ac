using System.Text.Json.Nodes;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Scores of steps: log-odds each, reduced as probabilities are, and refused where they are none.</summary>
public sealed class StepScoreTests
{
    [Theory]
    [InlineData("min", 0.2)]
    [InlineData("last", 0.5)]
    [InlineData("mean", (0.9 + 0.2 + 0.5) / 3)]
    [InlineData("product", 0.9 * 0.2 * 0.5)]
    public void Reduce_OrdinaryOdds_IsTheReducedProbabilitys(string reduction, double expected)
    {
        double[] odds = [Logit(0.9), Logit(0.2), Logit(0.5)];

        var reduced = Enum.Parse<StepReduction>(reduction, ignoreCase: true).Reduce(odds);

        Assert.Equal(expected, 1 / (1 + Math.Exp(-reduced)), 1e-12);
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(-1e30)]
    [InlineData(60)]
    [InlineData(1e-300)]
    public void Reduce_ExtremeOdds_StaysFinite(double odds)
    {
        foreach (var reduction in Enum.GetValues<StepReduction>())
        {
            Assert.True(double.IsFinite(reduction.Reduce([odds, odds, odds])), reduction.ToString());
            Assert.True(double.IsFinite(reduction.Reduce([odds, 0.5, -odds])), reduction.ToString());
            Assert.Equal(odds, reduction.Reduce([odds]), (Math.Abs(odds) * 1e-9) + 1e-12);
        }
    }

    [Fact]
    public async Task Score_SeveralSteps_CarriesTheLogOddsOfEach()
    {
        var engine = new VllmStepEngine();
        await using var model = await RemoteModel.StartAsync(engine);

        var score = Assert.Single(await model.ScoreAsync("First.\n\nSecond.\n\nThird.")).Score!;

        var text = "<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\n";
        var expected = new List<double>();
        foreach (var step in (string[])["First.", "Second.", "Third."])
        {
            text += step;
            expected.Add((double)TextScore.Of("good" + text) - TextScore.Of("bad" + text));
            text += VllmStepEngine.Tag;
        }

        Assert.Equal(expected, score.Steps!.Select(step => Math.Round(step, 10)), (one, other) => Math.Abs(one - other) < 1e-5);
        Assert.Equal(score.Steps!.Min(), score.Value);
        Assert.Equal(("token_classify", false), (engine.Asked.Last()["task"]!.GetValue<string>(), engine.Asked.Last()["use_activation"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData("[]", "0 rows for 1 steps")]
    [InlineData("[[1.5, 2.5], [1.5, 2.5]]", "2 rows for 1 steps")]
    [InlineData("[[1.5, 2.5, 3.5]]", "gave 3 numbers where the manifest names 2 labels")]
    [InlineData("[[0.25, 0.75]]", "applies a softmax")]
    [InlineData("[[null, 0.75]]", "something else than numbers")]
    [InlineData("[[0.75, null]]", "in the place of a score")]
    [InlineData("[1.5]", "0 rows for 1 steps")]
    public async Task Score_RowsThatAreNoSteps_AreRefused(string rows, string says)
    {
        await using var model = await RemoteModel.StartAsync(new VllmStepEngine { Bend = reply => Data(reply, rows) });

        Assert.Contains(says, Assert.Single(await model.ScoreAsync("One step.")).Failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sequence", "[[1.5], [2.5]]", null, "a row per token")]
    [InlineData("last_token", "[[1.5], [2.5]]", 2.5, null)]
    [InlineData("last_token", "[1.5]", null, "no row per token")]
    [InlineData("sequence", "[1.5]", 1.5, null)]
    public async Task Score_Pooling_ReadsTheRowsThatItNames(string pooling, string rows, double? expected, string? says)
    {
        await using var model = await RemoteModel.StartAsync(new VllmPoolingEngine { Bend = reply => Data(reply, rows) }, $$"""{"pooling": "{{pooling}}"}""");

        var result = Assert.Single(await model.ScoreAsync("x"));

        Assert.Equal(expected, result.Score?.Value);
        Assert.Contains(says ?? "", result.Failure?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_OneColumnOfLogits_IsTheLogOdds()
    {
        await using var model = await RemoteModel.StartAsync(
            new VllmStepEngine { Bend = reply => Data(reply, "[[1.5], [-2.5]]") },
            """{"pooling": "steps", "labels": ["good"], "steps": {"tag": "<extra_0>", "reduction": "last"}}""");

        var score = Assert.Single(await model.ScoreAsync("One.\n\nTwo.")).Score!;

        Assert.Equal(-2.5, score.Value);
        Assert.Equal([1.5, -2.5], score.Steps!);
    }

    private static JsonNode Data(JsonNode reply, string rows)
    {
        reply["data"]![0]!["data"] = JsonNode.Parse(rows);
        return reply;
    }

    private static double Logit(double p) => Math.Log(p / (1 - p));
}
