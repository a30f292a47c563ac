using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Judging;

/// <summary>Judges behind the dialects that were made for scalar models: what they are told, and that what has no number never becomes one.</summary>
public sealed class TrainersOfJudgesTests
{
    private const string Verifier = """{"kind": "verifier"}""";
    private const string Rubric = """{"kind": "rubric"}""";
    private const string Criteria = """{"kind": "criteria"}""";
    private const string TwoCriteria = "\"rubric\": {\"criteria\": [{\"name\": \"brief\", \"question\": \"Is it brief?\", \"weight\": 3}, {\"name\": \"kind\", \"question\": \"Is it kind?\", \"weight\": 1}]}";

    public static TheoryData<string, string> OneResponse => new()
    {
        { "/slime", """{"prompt": "Why?", "response": "x"}""" },
        { "/slime/object", """{"prompt": [{"role": "user", "content": "Why?"}], "response": "x"}""" },
        { "/classify", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}]}""" },
        { "/v1/chat/completions", """{"model": "judge", "messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}]}""" },
        { "/swift/v1/chat/completions", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}]}""" },
        { "/evaluate", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}]}""" },
        { "/verify", """{"responses_create_params": {"input": "Why?"}, "response": {"output": [{"type": "message", "content": [{"type": "output_text", "text": "x"}]}]}}""" },
    };

    [Theory]
    [MemberData(nameof(OneResponse))]
    public async Task Post_JudgeThatComesToNoVerdict_IsAPermanentErrorAndNoNumber(string path, string body)
    {
        // Three samples that say different things are no majority.
        var said = -1;
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, "\"samples\": 3, \"votes\": \"majority\", \"sampling\": {\"temperature\": 1}"),
            _ => $$"""{"explanation": "x", "score": {{1 + (Interlocked.Increment(ref said) % 3)}}}""");

        var (status, reply, response) = await judge.Gateway.PostAsync(path, body);

        Assert.Equal((422, "judge_refused"), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.Contains("the judge came to no verdict", reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotMatch("\"(score|reward|rewards|probs|content|choices)\"", reply.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(OneResponse))]
    public async Task Post_JudgeThatCannotBeRead_IsATransientErrorAndNoNumber(string path, string body)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric, "\"repairs\": 0"), _ => "5 out of 5, surely");

        var (status, reply, _) = await judge.Gateway.PostAsync(path, body);

        Assert.Equal(503, status);
        Assert.DoesNotMatch("\"(score|reward|rewards|probs|content|choices)\"", reply!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(OneResponse))]
    public async Task Post_Judge_ReachesItWithPromptAndResponse(string path, string body)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => """{"explanation": "fine", "score": 4}""");

        var (status, reply, _) = await judge.Gateway.PostAsync(path, body);

        Assert.True(status == 200, reply?.ToJsonString());
        var texts = JudgeTexts.Of(Assert.Single(judge.Asked));
        Assert.Equal(("Why?", "x"), (texts["prompt"], texts["response"]));
    }

    [Fact]
    public async Task Slime_Label_IsTheReferenceOfAJudgeThatCanUseOne()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Verifier), asked => JudgeTexts.Of(asked)["reference"] == "four" ? "YES" : "NO");

        var text = await judge.Gateway.PostAsync("/slime", """{"prompt": "2 + 2?", "response": "it is 4", "label": "four"}""");
        var number = await judge.Gateway.PostAsync("/slime", """{"prompt": "2 + 2?", "response": "5", "label": 4}""");
        var other = await judge.Gateway.PostAsync("/slime", """{"prompt": "2 + 2?", "response": "5", "label": {"answer": 4}}""");
        var none = await judge.Gateway.PostAsync("/slime", """{"prompt": "2 + 2?", "response": "5", "label": null}""");

        Assert.Equal(("1", "0"), (text.Json!.ToJsonString(), number.Json!.ToJsonString()));
        Assert.Equal((400, "$.label: judge reads it as the answer known to be right; send a text or a number, or leave it out."), (other.Status, other.Json!["error"]!.GetValue<string>()));
        Assert.Equal(400, none.Status);
    }

    [Fact]
    public async Task OpenRlhf_JudgeWithThePolicysTemplate_ReadsTheConversationAndTheLabels()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Verifier), asked => JudgeTexts.Of(asked)["reference"] == "four" ? "YES" : "NO", ("Gateway:Models:judge:Template", "chatml"));

        var (status, reply, _) = await judge.Gateway.PostAsync("/get_reward", Queries(["it is 4<|im_end|>", "5<|im_end|>\n", "4"], ["four", "six", "4"]));
        var (_, wrong, _) = await judge.Gateway.PostAsync("/get_reward", Queries(["a", "b"], ["four"]));

        Assert.True(status == 200, reply?.ToJsonString());
        Assert.Equal([1, 0, 1], reply!["rewards"]!.AsArray().Select(reward => reward!.GetValue<double>()));
        Assert.Equal(2, judge.Asked.Length);
        Assert.All(judge.Asked, asked => Assert.Equal("2 + 2?", JudgeTexts.Of(asked)["prompt"]));
        Assert.Equal(["5", "it is 4"], judge.Asked.Select(asked => JudgeTexts.Of(asked)["response"]).Order(StringComparer.Ordinal));
        Assert.Equal("$.labels: 1 labels for 2 queries; send one per query, null where there is none, or no list.", wrong!["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task TemplatedText_EveryRoute_IsTheSameConversationToAJudge()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => """{"explanation": "x", "score": 3}""", ("Gateway:Models:judge:Template", "chatml"));
        const string Prompt = "<|im_start|>user\\nWhy?<|im_end|>\\n<|im_start|>assistant\\n";

        string[] rewards =
        [
            (await judge.Gateway.PostAsync("/get_reward", $$"""{"query": ["{{Prompt}}x<|im_end|>"], "prompts": ["{{Prompt}}"], "labels": [null]}""")).Json!["rewards"]![0]!.ToJsonString(),
            (await judge.Gateway.PostAsync("/get_reward", $$"""{"query": ["{{Prompt}}x<|im_end|>\n"]}""")).Json!["rewards"]![0]!.ToJsonString(),
            (await judge.Gateway.PostAsync("/classify", $$"""{"input": ["{{Prompt}}x<|im_end|>"], "use_activation": false}""")).Json!["data"]![0]!["probs"]![0]!.ToJsonString(),
            (await judge.Gateway.PostAsync("/slime", $$"""{"prompt": "{{Prompt}}", "response": "x<|im_end|>"}""")).Json!.ToJsonString(),
            (await judge.Gateway.PostAsync("/slime", """{"prompt": "Why?", "response": "x"}""")).Json!.ToJsonString(),
            (await judge.ScoreAsync("""{"prompt": "Why?", "response": "x"}""")).Json["results"]![0]!["scores"]![0]!["score"]!.ToJsonString(),
        ];

        Assert.All(rewards, reward => Assert.Equal("3", reward));
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task TemplatedText_JudgeWithoutOrOfAnotherTemplate_Is400SayingWhatToSet()
    {
        await using var without = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => "no");
        await using var other = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => "no", ("Gateway:Models:judge:Template", "llama3"));

        var (status, reply, _) = await without.Gateway.PostAsync("/get_reward", Queries(["x"], [null]));
        var (mismatch, why, _) = await other.Gateway.PostAsync("/get_reward", Queries(["x"], [null]));
        var (ids, tokens, _) = await other.Gateway.PostAsync("/classify", """{"input": [1, 2]}""");

        Assert.Equal(
            (400, "$.query[0]: judge reads conversations and this is templated text; set Gateway:Models:judge:Template to the policy's chat template, or send messages."),
            (status, reply!["error"]!.GetValue<string>()));
        Assert.Equal(
            (400, "$.query[0]: it has no turns of the chat template that Gateway:Models:judge:Template names; send text of that template, with its prompt."),
            (mismatch, why!["error"]!.GetValue<string>()));
        Assert.Equal(400, ids);
        Assert.Contains("a judge reads conversations", tokens!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(without.Asked);
        Assert.Empty(other.Asked);
    }

    [Fact]
    public async Task Start_TemplateThatIsNoneOrNotForThisModel_SaysSo()
    {
        var folder = Directory.CreateTempSubdirectory("judges-");
        await File.WriteAllTextAsync(
            Path.Combine(folder.CreateSubdirectory("judge").FullName, "model.json"), JudgeGateway.Manifest(Rubric), TestContext.Current.CancellationToken);
        string[] judge = ["--Gateway:ModelsFolder", folder.FullName, "--Gateway:DefaultModel", "", "--Gateway:Clusters:judges:Destinations:a:Address", "http://127.0.0.1:9", "--Urls", "http://127.0.0.1:0"];

        var unknown = await GatewayProcess.RunAsync([.. judge, "--Gateway:Models:judge:Template", "lama3"]);
        var scalar = await GatewayProcess.RunAsync(["--Gateway:Models:rm-mini:Template", "chatml", "--Urls", "http://127.0.0.1:0"]);
        folder.Delete(recursive: true);

        Assert.Equal((1, 1), (unknown.ExitCode, scalar.ExitCode));
        Assert.Contains("Gateway:Models:judge:Template is 'lama3'; did you mean 'llama3'?", unknown.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Gateway:Models:rm-mini:Template is for judges and juries of them; this model reads templated text by its own template, so remove it.", scalar.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RewardKit_CriteriaJudge_GivesEachCriterionWithItsReason()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Criteria, TwoCriteria), _ => """{"why brief": "one word", "brief": "yes", "why kind": "it scolds", "kind": "no"}""");

        var (_, reply, _) = await judge.Gateway.PostAsync("/evaluate", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}], "ground_truth": null, "kwargs": {}}""");

        Assert.Equal(
            """{"score":0.75,"is_score_valid":true,"reason":null,"metrics":{"brief":{"is_score_valid":true,"score":1,"reason":"one word"},"kind":{"is_score_valid":true,"score":0,"reason":"it scolds"}},"step_outputs":null,"error":null}""",
            reply!.ToJsonString());
    }

    [Fact]
    public async Task RewardKit_GroundTruthAndPrinciple_ReachTheJudgeAndItsWordsComeBack()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => """{"explanation": "as the reference", "score": 5}""");

        var (_, reply, _) = await judge.Gateway.PostAsync(
            "/evaluate", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}], "ground_truth": "BECAUSE", "kwargs": {"principle": "BE-EXACT"}}""");

        Assert.Equal((5.0, "as the reference"), (reply!["score"]!.GetValue<double>(), reply["reason"]!.GetValue<string>()));
        Assert.Equal("BECAUSE", JudgeTexts.Of(judge.Asked[0])["reference"]);
        Assert.Contains("BE-EXACT", judge.Asked[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RewardKit_Floor_IsMarked()
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model, ("Gateway:Models:scripted:Floor", "-9"));

        var (_, reply, response) = await gateway.PostAsync("/evaluate", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Thought process:"}]}""");

        Assert.Equal((-9.0, "This is the floor that the deployment declares, and no model's score."), (reply!["score"]!.GetValue<double>(), reply["reason"]!.GetValue<string>()));
        Assert.Equal("0", response.Headers.GetValues("X-Gateway-Floored").Single());
    }

    [Fact]
    public async Task RewardKit_Steps_AreStepOutputs()
    {
        var model = new ScriptedModel { Answer = _ => new Score(0.5, 3, false, default, [0.25, 0.75]) };
        await using var gateway = TestGateway.With(model);

        var (_, reply, _) = await gateway.PostAsync("/evaluate", """{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "x"}]}""");

        Assert.Equal(
            """[{"step_index":0,"base_reward":0.25,"metrics":{},"reason":null},{"step_index":1,"base_reward":0.75,"metrics":{},"reason":null}]""", reply!["step_outputs"]!.ToJsonString());
    }

    [Fact]
    public async Task Chat_PrincipleTurn_ReachesTheJudge()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => """{"explanation": "x", "score": 2}""");

        var (_, reply, _) = await judge.Gateway.PostAsync("/v1/chat/completions", JsonSerializer.Serialize(new
        {
            model = "judge",
            messages = new[] { new { role = "user", content = "Why?" }, new { role = "assistant", content = "x" }, new { role = "principle", content = "BE-EXACT" } },
        }));

        Assert.Equal("reward:2.0", reply!["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Contains("BE-EXACT", Assert.Single(judge.Asked), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chat_ClusterOfAJudge_PassesUntouchedBesideTheJudgeOverIt()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => """{"explanation": "x", "score": 2}""");
        const string Body = """ {"model" :"judges","messages":[{"role":"principle","content":"raw"}]}""";

        var (_, reply, _) = await judge.Gateway.PostAsync("/v1/chat/completions", Body);

        Assert.Equal("""{"explanation": "x", "score": 2}""", reply!["choices"]![0]!["message"]!["content"]!.GetValue<string>());
        Assert.Equal(Body, Assert.Single(judge.Engine.Seen).Body);
    }

    private static string Queries(string[] responses, string?[] labels)
    {
        const string Prompt = "<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n";
        return JsonSerializer.Serialize(new { query = responses.Select(response => Prompt + response), prompts = responses.Select(_ => Prompt), labels });
    }
}
