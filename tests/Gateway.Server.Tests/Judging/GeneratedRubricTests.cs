using System.Text;
using System.Text.Json.Nodes;
using Gateway.Server.Judging;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>What scores mean is written once per prompt, before any response is seen, where nobody else says it.</summary>
public sealed class GeneratedRubricTests
{
    private const string Generates = """ "rubric": {"generate": true}""";
    private const string Scale = """{"explanation": "The sum decides.", "descriptions": ["no sum", "wrong", "right", "right, with a reason", "right, with a sound reason"]}""";

    [Fact]
    public async Task Score_GroupOf64_IsScoredOnOneScaleWrittenFromThePromptAlone()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "rubric"}""", Generates), Answer);

        var (status, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "THE PROMPT", reference = "THE REFERENCE", responses = Enumerable.Range(0, 64).Select(i => $"RESPONSE {i}") } } });

        Assert.Equal(200, status);
        Assert.Equal(64, Scores(reply).Count(score => score!["score"]?.GetValue<double>() == 4));
        var written = Assert.Single(judge.Asked, Writes);
        Assert.Contains("THE PROMPT", written, StringComparison.Ordinal);
        Assert.DoesNotContain("RE", written.Replace("THE PROMPT", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.All(judge.Asked.Where(asked => !Writes(asked)), asked => Assert.Matches("<<<scale ([0-9a-f]{16})\n1: no sum\n2: wrong\n", asked));
        Assert.Single(Scores(reply).Select(score => score!["judgement"]!["criteria_digest"]!.GetValue<string>()).Distinct());
    }

    [Fact]
    public async Task Score_ItemWithARubric_IsScoredByItAndNothingIsWritten()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "rubric"}""", Generates), Answer);

        await judge.ScoreAsync("""{"prompt": "p", "response": "r", "rubric": {"scale": {"lowest": 0, "highest": 9}}}""");
        await judge.ScoreAsync("""{"prompt": "p", "response": "r", "principle": "concise"}""");

        Assert.Equal(2, judge.Asked.Length);
        Assert.DoesNotContain(judge.Asked, Writes);
    }

    [Fact]
    public async Task Score_ScaleCannotBeHad_FailsTheItem()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "rubric"}""", Generates), _ => """{"descriptions": ["bad", "good"]}""");

        var (status, reply) = await judge.ScoreAsync("""{"prompt": "p", "response": "r"}""");

        Assert.Equal((502, "judge_unreadable"), (status, Scores(reply)[0]!["error"]!["kind"]!.GetValue<string>()));
        Assert.Contains("5", Scores(reply)[0]!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind": "binary"}""", Generates, "'rubric' is to be generated, and binary")]
    [InlineData("""{"kind": "rubric"}""", """ "rubric": {"generate": true}, "context": "required" """, "'context' too")]
    [InlineData("""{"kind": "rubric"}""", """ "rubric": {"generate": true}, "criteria_fallback": "rubric" """, "'criteria_fallback'")]
    [InlineData("""{"kind": "rubric"}""", """ "rubric": {"generate": false}""", "generate")]
    [InlineData("""{"kind": "rubric", "prompt": "own.txt"}""", Generates, "'{{scale}}'")]
    public void Read_RubricThatCannotBeGenerated_SaysWhatToMend(string style, string more, string named)
    {
        var problems = new List<string>();

        new JudgeManifestReader(_ => "=== user ===\n{{prompt}} {{response}}", _ => Engine.None).Read(Encoding.UTF8.GetBytes(JudgeGateway.Manifest(style, more)), problems);

        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
    }

    private static string Answer(string asked) => Writes(asked) ? Scale : """{"explanation": "fits", "score": 4}""";

    private static bool Writes(string asked) => asked.Contains("what each score from 1 to 5 means", StringComparison.Ordinal);

    private static JsonArray Scores(JsonNode reply) => reply["results"]![0]!["scores"]!.AsArray();
}
