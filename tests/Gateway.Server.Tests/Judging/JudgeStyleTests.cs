using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>What styles take and send, through a whole gateway: examples, principles and their role, and samples that lie far from the rest.</summary>
public sealed class JudgeStyleTests
{
    private const string Rubric = """{"kind": "rubric"}""";
    private const string One = """{"prompt": "What is 2 + 2?", "response": "four"}""";

    [Theory]
    [InlineData("principle")]
    [InlineData("rubric")]
    public async Task Score_PrincipleForOtherStyles_IsRefusedByName(string field)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "binary"}"""), _ => """{"explanation": "x", "met": true}""");

        var (status, reply) = await judge.ScoreAsync($$"""{"prompt": "p", "response": "r", "{{field}}": "helpfulness"}""");
        var (fitting, _) = await judge.ScoreAsync($$"""{"prompt": "p", "response": "r", "{{field}}": "correctness"}""");

        Assert.Equal((400, "invalid_request", 200), (status, Text(reply, "kind"), fitting));
        Assert.Contains($"$.{field}: the principle 'helpfulness' is written for judges of the style rubric, ", reply["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("and not for binary", reply["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task Score_BinaryWithExamples_SendsThemAsEarlierTurnsAndTakesNoOtherObjective()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(
                """{"kind": "binary", "examples": [{"prompt": "Sell it.", "response": "NO-DEAL", "reply": {"explanation": "She gave nothing away.", "met": true}}]}""",
                """ "principle": {"text": "Is the seller stubborn?"}"""),
            _ => """{"explanation": "He gave in.", "met": false}""");

        var (_, reply) = await judge.ScoreAsync(One);
        var (status, refused) = await judge.ScoreAsync("""{"prompt": "p", "response": "r", "principle": {"text": "Be kind."}}""");

        Assert.Equal((0, "He gave in."), (ScoreOf(reply)["score"]!.GetValue<double>(), Text(ScoreOf(reply), "critique")));
        var sent = JsonNode.Parse(Assert.Single(judge.Engine.Seen).Body)!["messages"]!.AsArray();
        Assert.Equal(["system", "user", "assistant", "user"], sent.Select(turn => Text(turn!, "role")));
        Assert.Equal("""{"explanation": "She gave nothing away.", "met": true}""", Text(sent[2]!, "content"));
        Assert.All([sent[1], sent[3]], turn => Assert.Contains("Is the seller stubborn?", Text(turn!, "content"), StringComparison.Ordinal));
        Assert.Equal((400, "unsupported_field"), (status, Text(refused, "kind")));
    }

    [Fact]
    public async Task Score_PrincipleAsARole_IsSentAsTheModelWasTrained()
    {
        var reply = JsonNode.Parse(JudgeGateway.Reply(" Yes"))!;
        reply["choices"]![0]!["logprobs"] = JsonNode.Parse("""{"content": [{"token": " Yes", "logprob": -0.1, "top_logprobs": [{"token": " Yes", "logprob": -0.1}, {"token": " No", "logprob": -2.5}]}]}""");
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "yes-no", "prompt": "prompt.txt", "value": "log-odds"}""", """ "untrusted": "plain" """),
            "=== user ===\n{{prompt}}\n=== assistant ===\n{{response}}\n=== principle ===\n{{principle}}\n",
            (http, _) => ScriptedUpstream.JsonAsync(http, 200, reply.ToJsonString()));

        var (_, scored) = await judge.ScoreAsync("""{"prompt": "What is 2 + 2?", "response": "four", "principle": {"text": "correctness"}}""");

        Assert.Equal(2.4, ScoreOf(scored)["score"]!.GetValue<double>(), 12);
        Assert.Equal(
            ["user What is 2 + 2?", "assistant four", "principle correctness"],
            JsonNode.Parse(Assert.Single(judge.Engine.Seen).Body)!["messages"]!.AsArray().Select(turn => $"{turn!["role"]} {turn["content"]}"));
    }

    [Fact]
    public async Task Score_OutlyingSample_IsLeftOutAndSaid()
    {
        var replies = 0;
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, """ "samples": 5, "filter": "outliers", "sampling": {"temperature": 1}"""),
            _ => Scored(Interlocked.Increment(ref replies) == 3 ? 1 : 4));

        var (_, reply) = await judge.ScoreAsync(One);

        Assert.Equal((4, 5, "1 of 5 samples left out as outliers"), (
            ScoreOf(reply)["score"]!.GetValue<double>(), ScoreOf(reply)["judgement"]!["samples"]!.GetValue<int>(), Text(ScoreOf(reply)["judgement"]!, "note")));
        Assert.Equal((1.2, 0.8), (Math.Round(ScoreOf(reply)["judgement"]!["spread"]!.GetValue<double>(), 12), ScoreOf(reply)["judgement"]!["agreement"]!.GetValue<double>()));
    }

    private static string Scored(int score) => $$"""{"explanation": "because", "score": {{score}}}""";

    private static JsonNode ScoreOf(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
