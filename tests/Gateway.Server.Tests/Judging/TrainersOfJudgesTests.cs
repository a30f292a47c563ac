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
}
