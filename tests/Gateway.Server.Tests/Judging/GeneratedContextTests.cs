using System.Text;
using System.Text.Json.Nodes;
using Gateway.Server.Judging;
using Gateway.Server.Tests.Caching;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>What a prompt leaves open is asked back once per prompt, before any response is seen, and all responses are judged with the same answers.</summary>
public sealed class GeneratedContextTests
{
    private const string Style = """{"kind": "rubric"}""";
    private const string Required = "\"context\": \"required\"";
    private const string Questions = """{"questions": [{"question": "For whom?", "answers": ["a child", "an expert"]}, {"question": "How long?", "answers": ["brief", "long"]}]}""";
    private const string Verdict = """{"explanation": "fits", "score": 4}""";

    [Fact]
    public async Task Score_GroupOf64_AsksBackOnceFromThePromptAlone()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), Answer);

        var (status, reply) = await judge.ScoreAsync(Group(64));

        Assert.Equal(200, status);
        Assert.Equal(64, Scores(reply).Count(score => score!["score"]?.GetValue<double>() == 4));
        var written = Assert.Single(judge.Asked, Writes);
        Assert.Contains("THE PROMPT", written, StringComparison.Ordinal);
        Assert.DoesNotContain("RESPONSE", written, StringComparison.Ordinal);
        Assert.DoesNotContain("REFERENCE", written, StringComparison.Ordinal);
        Assert.DoesNotContain("BE-KIND", written, StringComparison.Ordinal);
        Assert.Equal(65, reply["usage"]!["judge_calls"]!.GetValue<int>());
        Assert.Single(Scores(reply).Select(score => score!["judgement"]!["criteria_digest"]!.GetValue<string>()).Distinct());
        Assert.All(judge.Asked.Where(asked => !Writes(asked)), asked =>
            Assert.Matches("<<<context ([0-9a-f]{16})\n- For whom\\? (a child|an expert)\n- How long\\? (brief|long)\ncontext \\1>>>", asked));
        Assert.Single(judge.Asked.Where(asked => !Writes(asked)).Select(Shown).Distinct());
    }

    [Fact]
    public async Task Score_64CallersAtOnceWithPrinciplesOfTheirOwn_AskBackOnce()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), Answer);

        var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => judge.ScoreAsync(Group(1, principle: $"BE-KIND {caller}"))));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Single(judge.Asked, Writes);
        Assert.Equal(64, judge.Asked.Count(asked => !Writes(asked)));
    }

    [Fact]
    public async Task Score_TwoReplicasOnOneRedis_AskBackOnceAndJudgeByTheSame()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:Texts:RedisMs", "20000")];
        await using var one = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), Answer, settings);
        await using var other = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), Answer, settings);

        var replies = await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => (caller % 2 == 0 ? one : other).ScoreAsync(Group(1, $"caller {caller}"))));

        Assert.All(replies, reply => Assert.Equal(200, reply.Status));
        Assert.Single(one.Asked.Concat(other.Asked), Writes);
        Assert.Single(replies.Select(reply => First(reply.Json)["judgement"]!["criteria_digest"]!.GetValue<string>()).Distinct());
    }

    [Theory]
    [InlineData("pairwise", """{"explanation": "x", "better": "tie"}""")]
    [InlineData("binary", """{"explanation": "x", "met": true}""")]
    public async Task Score_OtherStyles_JudgeWithItToo(string style, string verdict)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest($$"""{"kind": "{{style}}"}""", Required), asked => Writes(asked) ? Questions : verdict);

        var (status, reply) = await judge.ScoreAsync(Group(3));

        Assert.Equal(200, status);
        Assert.All(Scores(reply), score => Assert.Equal("ok", score!["status"]!.GetValue<string>()));
        Assert.Single(judge.Asked, Writes);
        Assert.All(judge.Asked.Where(asked => !Writes(asked)), asked => Assert.Contains("- For whom?", asked, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Score_PromptThatLeavesNothingOpen_IsJudgedAsItIs()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), asked => Writes(asked) ? """{"questions": []}""" : Verdict);

        var (_, reply) = await judge.ScoreAsync(Group(1));

        Assert.Equal(4, First(reply)["score"]!.GetValue<double>());
        Assert.NotNull(First(reply)["judgement"]!["criteria_digest"]);
        Assert.DoesNotContain("<<<context", judge.Asked[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_ItCannotBeHad_FailsTheItemAndTheNextTimeTriesAgain()
    {
        var says = "What do you mean?";
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), asked => Generates(asked) ? says : Verdict);

        var (status, reply) = await judge.ScoreAsync(Group(2));
        says = Questions;

        Assert.Equal((502, "judge_unreadable"), (status, First(reply)["error"]!["kind"]!.GetValue<string>()));
        Assert.DoesNotContain(judge.Asked, asked => asked.Contains("RESPONSE", StringComparison.Ordinal));
        Assert.Equal(200, (await judge.ScoreAsync(Group(2))).Status);
    }

    [Fact]
    public async Task Score_Optional_IsJudgedWithoutSaysSoAndIsNotStored()
    {
        var says = "no";
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, "\"context\": \"optional\""), asked => Generates(asked) ? says : Verdict);

        var (_, without) = await judge.ScoreAsync(Group(1));
        says = Questions;
        var (_, later) = await judge.ScoreAsync(Group(1));

        Assert.Equal((4, "without context"), (First(without)["score"]!.GetValue<double>(), First(without)["judgement"]!["fallback"]!.GetValue<string>()));
        Assert.Null(First(without)["judgement"]!["criteria_digest"]);
        Assert.Null(First(later)["judgement"]!["fallback"]);
        Assert.False(First(later)["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Score_CriteriaToBeGeneratedBeside_AreRefused()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, Required), Answer);

        var (status, reply) = await judge.ScoreAsync("""{"prompt": "p", "response": "r", "criteria": {"generate": true}}""");

        Assert.Equal((400, "unsupported_field"), (status, reply["kind"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("""{"kind": "digits"}""", Required, "which digits has no room for")]
    [InlineData("""{"kind": "binary", "examples": [{"prompt": "p", "response": "r", "reply": {"explanation": "x", "met": true}}]}""", Required, "beside examples")]
    [InlineData("""{"kind": "rubric", "prompt": "own.txt"}""", Required, "{{context}}")]
    [InlineData(Style, """ "context": "required", "criteria_fallback": "rubric", "rubric": {"criteria": [{"question": "x?"}]}""", "criteria_fallback")]
    [InlineData(Style, """ "context": "yes" """, "context")]
    public void Read_ContextThatCannotBe_SaysWhatToMend(string style, string more, string named)
    {
        var problems = new List<string>();

        new JudgeManifestReader(_ => "=== user ===\n{{prompt}} {{response}}", _ => Engine.None).Read(Encoding.UTF8.GetBytes(JudgeGateway.Manifest(style, more)), problems);

        Assert.Contains(named, Assert.Single(problems), StringComparison.Ordinal);
    }

    private static string Answer(string asked) => Writes(asked) ? Questions : Verdict;

    private static bool Writes(string asked) => asked.Contains("What would you have to ask back", StringComparison.Ordinal);

    // Or is asked to do so once more.
    private static bool Generates(string asked) => Writes(asked) || asked.StartsWith("That reply", StringComparison.Ordinal);

    private static string Shown(string asked) => asked[asked.IndexOf("- For whom?", StringComparison.Ordinal)..asked.IndexOf("\ncontext ", StringComparison.Ordinal)];

    private static JsonArray Scores(JsonNode reply) => reply["results"]![0]!["scores"]!.AsArray();

    private static JsonNode First(JsonNode reply) => Scores(reply)[0]!;

    private static object Group(int responses, string name = "one", string principle = "BE-KIND") => new
    {
        items = new[]
        {
            new
            {
                prompt = "THE PROMPT",
                reference = "THE REFERENCE",
                principle = new { text = principle },
                responses = Enumerable.Range(0, responses).Select(i => $"RESPONSE {name} {i}"),
            },
        },
    };
}
