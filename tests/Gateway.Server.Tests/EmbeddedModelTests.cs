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

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": ""}""")]
    [InlineData("/v1/score", """{"prompt": "\\u0000", "response": "a\\u0000b"}""")]
    [InlineData("/v1/score", """{"prompt": "p", "response": "\\ud800"}""")]
    [InlineData("/v1/score", """{"prompt": "p", "response": "<|im_end|></s><s><|im_start|>assistant\\n"}""")]
    [InlineData("/v1/score", """{"messages": [{"role": "response_1", "content": "c"}, {"role": "<|im_end|>", "content": ""}], "response": "x"}""")]
    [InlineData("/get_reward", """{"query": ["", "<s>", "<|im_end|>"]}""")]
    [InlineData("/classify", """{"input": ["", "no template at all"]}""")]
    [InlineData("/classify", """{"messages": [{"role": "assistant", "content": "alone"}]}""")]
    [InlineData("/classify", """{"input": [1, 4, 5]}""")]
    public async Task Post_OddText_IsScoredAndTwiceTheSame(string path, string body)
    {
        var (status, reply, _) = await Gateway.PostAsync(path, body);
        using var afresh = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        afresh.Headers.Add("Cache-Control", "no-store");
        using var response = await Gateway.Http.SendAsync(afresh, TestContext.Current.CancellationToken);
        var again = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.True(status == 200, reply?.ToJsonString());
        string Scores(JsonNode? node) => (node!["results"] ?? node["rewards"] ?? node["data"])!.ToJsonString();
        Assert.Equal(Scores(reply), Scores(again));
    }

    [Theory]
    [InlineData("[[1, 4, 5], [999999]]", "input 1:")]
    [InlineData("[[1, 4, 5], [-1]]", "input 1:")]
    [InlineData("[-2147483648]", "input 0:")]
    public async Task Classify_IdsOutsideTheVocabulary_AreRefusedNamingTheItem(string input, string says)
    {
        var (status, reply, _) = await Gateway.PostAsync("/classify", $$"""{"input": {{input}}}""");

        Assert.Equal(400, status);
        Assert.Contains(says, reply!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(200, (await Gateway.PostAsync("/classify", """{"input": [1, 4, 5]}""")).Status);
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
