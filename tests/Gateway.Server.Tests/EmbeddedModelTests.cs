using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>Real scores of models/rm-mini over HTTP: what the training framework gave, whatever the company.</summary>
public sealed class EmbeddedModelTests(EmbeddedGateway embedded)
{
    private const double Tolerance = 2e-5;

    private TestGateway Gateway => embedded.Gateway;

    [Fact]
    public async Task Score_Goldens_AreTheTrainingFrameworks()
    {
        Assert.True(Golden.All.Count >= 100, $"{Golden.All.Count} goldens");

        var scores = await ScoreAsync(Golden.All);

        for (var i = 0; i < scores.Length; i++)
        {
            Assert.Equal(Golden.All[i].Score, scores[i], Tolerance);
        }
    }

    [Fact]
    public async Task Score_InRandomCompany_IsBitwiseTheSame()
    {
        var alone = new double[Golden.All.Count];
        for (var i = 0; i < alone.Length; i++)
        {
            alone[i] = (await ScoreAsync([Golden.All[i]]))[0];
        }

        var random = new Random(7);
        for (var round = 0; round < 3; round++)
        {
            var order = Enumerable.Range(0, alone.Length).ToArray();
            random.Shuffle(order);
            foreach (var batch in order.Chunk(random.Next(2, 60)))
            {
                Assert.Equal(batch.Select(i => alone[i]), await ScoreAsync([.. batch.Select(i => Golden.All[i])]));
            }
        }
    }

    [Fact]
    public async Task Score_UnderConcurrency_IsBitwiseTheSame()
    {
        var together = await ScoreAsync(Golden.All);

        var singles = await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(_ => Golden.All).Select(async golden => (await ScoreAsync([golden]))[0]));

        Assert.Equal([.. together, .. together, .. together], singles);
    }

    [Fact]
    public async Task Score_TooLongAResponse_Is413AndItsSiblingIsScored()
    {
        var longer = string.Concat(Enumerable.Repeat("word ", 5_000));

        var (status, reply, _) = await Gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": ["{{longer}}", "fine"]}]}""");
        var (alone, _, _) = await Gateway.PostAsync("/v1/score", $$"""{"prompt": "p", "response": "{{longer}}"}""");

        Assert.Equal((200, 413), (status, alone));
        Assert.Equal("input_too_long", reply!["results"]![0]!["scores"]![0]!["error"]!["kind"]!.GetValue<string>());
        Assert.Equal("ok", reply["results"]![0]!["scores"]![1]!["status"]!.GetValue<string>());
    }

    [Fact]
    public async Task Post_AnnouncedDeadline_FailsWhatWasNotScoredAndTheNextIsServed()
    {
        await using var gateway = TestGateway.WithEmbeddedModel();
        var responses = string.Join(',', Enumerable.Range(0, 2_000).Select(i => $"\"{i} {string.Concat(Enumerable.Repeat("many words ", 200))}\""));

        var (status, reply, _) = await gateway.PostAsync("/v1/score", $$$"""{"items": [{"prompt": "p", "responses": [{{{responses}}}]}], "options": {"timeout_ms": 50}}""");

        var scores = reply!["results"]![0]!["scores"]!.AsArray();
        Assert.Equal(scores.Any(score => score!["status"]!.GetValue<string>() == "ok") ? 200 : 504, status);
        Assert.All(scores.Where(score => score!["status"]!.GetValue<string>() != "ok"), score => Assert.Equal("timed_out", score!["error"]!["kind"]!.GetValue<string>()));
        Assert.Contains(scores, score => score!["status"]!.GetValue<string>() == "failed");
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "x"}""")).Status);
    }

    private async Task<double[]> ScoreAsync(IReadOnlyList<Golden> goldens)
    {
        var body = new JsonObject { ["items"] = new JsonArray([.. goldens.Select(golden => golden.Item)]) };
        var (status, reply, _) = await Gateway.PostAsync("/v1/score", body.ToJsonString());
        Assert.True(status == 200, reply?.ToJsonString());
        return [.. reply!["results"]!.AsArray().Select(item => item!["scores"]![0]!["score"]?.GetValue<double>()
            ?? throw new InvalidOperationException(item.ToJsonString()))];
    }
}
