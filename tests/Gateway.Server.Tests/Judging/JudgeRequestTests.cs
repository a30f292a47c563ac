using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Judging;
using Gateway.Server.Tests.Upstream;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>Judges behind a real socket, over an engine that speaks the real wire: what comes out is what the judge stated, or a typed failure.</summary>
public sealed partial class JudgeRequestTests
{
    private const string Rubric = """{"kind": "rubric"}""";
    private const string One = """{"prompt": "What is 2 + 2?", "response": "four"}""";

    [Fact]
    public async Task Score_Rubric_IsTheJudgesNumberWithItsWordsAndWhatItTook()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric), _ => Scored(4, "right, and brief"), ("Gateway:Models:judge:Prices:PromptPerMillion", "10000"), ("Gateway:Models:judge:Prices:CompletionPerMillion", "50000"));

        var (status, reply) = await judge.ScoreAsync(One);
        var (_, again) = await judge.ScoreAsync(One);

        Assert.Equal(200, status);
        var score = ScoreOf(reply);
        Assert.Equal(("ok", 4.0, "right, and brief", false), (Text(score, "status"), score["score"]!.GetValue<double>(), Text(score, "critique"), score["cached"]!.GetValue<bool>()));
        Assert.Equal((1, 100, 20), (score["judgement"]!["judge_calls"]!.GetValue<int>(), score["judgement"]!["judge_prompt_tokens"]!.GetValue<int>(), score["judgement"]!["judge_completion_tokens"]!.GetValue<int>()));
        Assert.Equal(2.0, reply["usage"]!["cost"]!.GetValue<double>(), 9);
        Assert.Equal((4.0, "right, and brief", true), (ScoreOf(again)["score"]!.GetValue<double>(), Text(ScoreOf(again), "critique"), ScoreOf(again)["cached"]!.GetValue<bool>()));
        Assert.Equal(0, ScoreOf(again)["judgement"]!["judge_calls"]!.GetValue<int>());
        Assert.Null(again["usage"]!["judge_calls"]);
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task Score_Guidance_ReachesTheJudgeAndIsInTheKey()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), asked => Scored(asked.Contains("THE-REFERENCE", StringComparison.Ordinal) ? 5 : 2));
        object Item(string? reference, object? principle, object? rubric) => new { items = new[] { new { prompt = "p", responses = new[] { "r" }, reference, principle, rubric } } };

        await judge.ScoreAsync(Item(null, null, null));
        var (_, referenced) = await judge.ScoreAsync(Item("THE-REFERENCE", null, null));
        await judge.ScoreAsync(Item(null, new { text = "BE-KIND" }, null));
        await judge.ScoreAsync(Item(null, null, new { scale = new { lowest = 0, highest = 3, descriptions = new[] { "NOTHING", "b", "c", "d" } } }));
        await judge.ScoreAsync(Item(null, "concise", null));

        Assert.Equal(5, ScoreOf(referenced)["score"]!.GetValue<double>());
        Assert.Equal(5, judge.Asked.Length);
        Assert.Contains("BE-KIND", judge.Asked[2], StringComparison.Ordinal);
        Assert.Contains("0: NOTHING", judge.Asked[3], StringComparison.Ordinal);
        Assert.Contains("What to value:", judge.Asked[4], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"prompt": "p", "response": "r", "principle": "concsie"}""", 404, "unknown_principle")]
    [InlineData("""{"prompt": "p", "response": "r", "principle": 7}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "principle": {"txt": "x"}}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "reference": ["x"]}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "rubric": {"scale": {"lowest": 5, "highest": 1}}}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "rubric": "concise", "criteria": [{"question": "x?"}]}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "criteria": {"generate": true, "question": "x?"}}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": "r", "criteria": {"generate": "yes"}}""", 400, "invalid_request")]
    [InlineData("""{"prompt": "p", "response": {"steps": ["a"]}}""", 400, "unsupported_field")]
    public async Task Score_WrongGuidance_IsRefusedByNameAndAsksNobody(string body, int status, string kind)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => Scored(3));

        var (given, reply) = await judge.ScoreAsync(body);

        Assert.Equal((status, kind), (given, Text(reply, "kind")));
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Score_UnreadableOnce_IsShownItsFaultAndAskedAgain()
    {
        var replies = 0;
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => Interlocked.Increment(ref replies) == 1 ? "four out of five" : Scored(4));

        var (_, reply) = await judge.ScoreAsync(One);

        Assert.Equal((4.0, 2), (ScoreOf(reply)["score"]!.GetValue<double>(), ScoreOf(reply)["judgement"]!["judge_calls"]!.GetValue<int>()));
        Assert.StartsWith("That reply cannot be used.", judge.Asked[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("four out of five", "judge_unreadable", 2)]
    [InlineData("""{"explanation": "x", "score": 9}""", "judge_unreadable", 2)]
    [InlineData("", "judge_unreadable", 1)]
    public async Task Score_NeverReadable_IsAFailureAndNeverStored(string said, string kind, int calls)
    {
        var answer = said;
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), _ => answer);

        var (status, reply) = await judge.ScoreAsync(One);

        Assert.Equal((502, kind), (status, Text(ScoreOf(reply)["error"]!, "kind")));
        Assert.Null(ScoreOf(reply)["score"]);
        Assert.Equal(calls, judge.Asked.Length);
        answer = Scored(5);
        Assert.Equal(5, ScoreOf((await judge.ScoreAsync(One)).Json)["score"]!.GetValue<double>());
    }

    [Fact]
    public async Task Score_EngineFails_IsUpstreamFailedAndTheNextRequestIsServed()
    {
        var fails = true;
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric),
            (http, _) => Volatile.Read(ref fails)
                ? ScriptedUpstream.JsonAsync(http, 500, """{"object": "error", "message": "CUDA out of memory", "code": 500}""")
                : ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Scored(3))));

        var (status, reply) = await judge.ScoreAsync(One);
        Volatile.Write(ref fails, false);

        Assert.Equal((502, "upstream_failed"), (status, Text(ScoreOf(reply)["error"]!, "kind")));
        Assert.Equal(3, ScoreOf((await judge.ScoreAsync(One)).Json)["score"]!.GetValue<double>());
    }

    [Fact]
    public async Task Score_OneItemOfManyFails_FailsAlone()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), asked => asked.Contains("BROKEN", StringComparison.Ordinal) ? "no" : Scored(LengthOf(asked)));

        var (status, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "a", "BROKEN", "ccc" } } } });

        Assert.Equal(200, status);
        Assert.Equal(["1", "judge_unreadable", "3"], reply["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]?.ToString() ?? Text(score["error"]!, "kind")));
    }

    [Fact]
    public async Task Score_Pairwise_AsksBothOrdersAndSwapsAreTheSame()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "pairwise"}"""), LongerIsBetter);

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "a", "ccc", "bb" } } } });
        var asked = judge.Asked.Length;
        var (_, swapped) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "bb", "a", "ccc" } } } });

        Assert.Equal(6, asked);
        Assert.Equal(6, judge.Asked.Length);
        Assert.Equal([0, 1, 0.5], Scores(reply));
        Assert.Equal([0.5, 0, 1], Scores(swapped));
        Assert.All(reply["results"]![0]!["comparisons"]!.AsArray(), one => Assert.Equal(1, one!["agreement"]!.GetValue<double>()));
        Assert.Equal((6, 600), (reply["usage"]!["judge_calls"]!.GetValue<int>(), reply["usage"]!["prompt_tokens"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Score_PairwiseJudgeThatPrefersTheFirstPlace_IsUndecidedAndNeverFirstWins()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "pairwise"}"""), _ => """{"explanation": "x", "better": "1"}""");

        var (status, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "a", "b" } } } });

        Assert.Equal(200, status);
        Assert.All(reply["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal(("undecided", null), (Text(score!, "status"), score!["score"])));
        Assert.Equal(("undecided", 0.5), (Text(reply["results"]![0]!["comparisons"]![0]!, "verdict"), reply["results"]![0]!["comparisons"]![0]!["agreement"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Score_Listwise_IsTheSameWhateverTheOrderOfTheResponses()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "listwise"}"""), Listed);

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "a", "ccc", "bb" } } } });
        var (_, other) = await judge.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "ccc", "bb", "a" } } } });

        Assert.Equal([1, 3, 2], Scores(reply));
        Assert.Equal([3, 2, 1], Scores(other));
        Assert.Equal([1, 2, 0], reply["results"]![0]!["ranking"]!.AsArray().Select(place => place!.GetValue<int>()));
        Assert.Equal(2, judge.Asked.Length);
    }

    [Fact]
    public async Task Score_ListOfLongCritiques_IsStoredWhole()
    {
        var critique = new string('x', 1_200);
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "listwise"}"""), asked => Listed(asked).Replace("longer", critique, StringComparison.Ordinal));
        var body = new { items = new[] { new { prompt = "p", responses = new[] { "a", "bb", "ccc", "dddd", "eeeee" } } } };

        await judge.ScoreAsync(body);
        var (_, again) = await judge.ScoreAsync(body);

        Assert.Single(judge.Asked);
        Assert.All(again["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal((true, critique), (score!["cached"]!.GetValue<bool>(), Text(score, "critique"))));
    }

    [Fact]
    public async Task Score_Verifier_AsksOnlyWhereTheAnswerIsNotPlainlyTheReference()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "verifier"}"""), asked => asked.Contains("four", StringComparison.Ordinal) ? "YES" : "NO");

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "What is 2 + 2?", reference = "4", responses = new[] { "\\boxed{4}", "four", "five" } } } });

        Assert.Equal([1, 1, 0], Scores(reply));
        Assert.Equal(2, judge.Asked.Length);
        Assert.Contains("no judge was asked", Text(ScoreOf(reply)["judgement"]!, "note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_SamplesWithQuorum_SaysWhatIsMissing()
    {
        var replies = 0;
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, """ "samples": 3, "quorum": 2, "repairs": 0, "sampling": {"temperature": 1, "seed": 5}"""),
            _ => Interlocked.Increment(ref replies) switch { 1 => "no", 2 => Scored(2), _ => Scored(5) });

        var (_, reply) = await judge.ScoreAsync(One);

        Assert.Equal((3.5, 2, 1, 1.5), (
            ScoreOf(reply)["score"]!.GetValue<double>(),
            ScoreOf(reply)["judgement"]!["samples"]!.GetValue<int>(),
            ScoreOf(reply)["judgement"]!["missing"]!.GetValue<int>(),
            ScoreOf(reply)["judgement"]!["spread"]!.GetValue<double>()));
        Assert.Equal([5, 6, 7], judge.Engine.Seen.Select(request => JsonNode.Parse(request.Body)!["seed"]!.GetValue<int>()).Order());
    }

    [Fact]
    public async Task Score_QuorumWithoutOneSample_IsGivenAndNotStored()
    {
        var replies = 0;
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, """ "samples": 3, "quorum": 2, "repairs": 0, "sampling": {"temperature": 1}"""),
            _ => Interlocked.Increment(ref replies) switch { 1 => "no", 2 => Scored(2), _ => Scored(5) });

        var (_, partly) = await judge.ScoreAsync(One);
        var (_, whole) = await judge.ScoreAsync(One);
        var (_, stored) = await judge.ScoreAsync(One);

        Assert.Equal((3.5, 1, false), Given(partly));
        Assert.Equal((5.0, 0, false), Given(whole));
        Assert.Equal((5.0, 0, true), Given(stored));
        Assert.Equal(6, judge.Asked.Length);

        static (double, int, bool) Given(JsonNode reply) => (
            ScoreOf(reply)["score"]!.GetValue<double>(), ScoreOf(reply)["judgement"]!["missing"]!.GetValue<int>(), ScoreOf(reply)["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Score_OneSampleOfAllFails_CancelsTheOthers()
    {
        var (entered, left) = (0, 0);
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Rubric, """ "samples": 3, "repairs": 0, "sampling": {"temperature": 1}"""),
            async (http, _) =>
            {
                if (Interlocked.Increment(ref entered) < 3)
                {
                    http.RequestAborted.Register(() => Interlocked.Increment(ref left));
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                }

                waiting.SetResult();
                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply("no"));
            });

        var (status, _) = await judge.ScoreAsync(One);

        await waiting.Task;
        Assert.Equal(502, status);
        await Eventually.TrueAsync(() => Volatile.Read(ref left) == 2, "the calls that became useless are cancelled");
    }

    [Fact]
    public async Task Score_DeadlinePasses_FailsWhatIsOpenAndGivesWhatIsDone()
    {
        var clock = new FakeTimeProvider();
        await using var judge = await JudgeGateway.StartAsync(
            clock, JudgeGateway.Manifest(Rubric),
            async (http, asked) =>
            {
                if (asked.Contains("SLOW", StringComparison.Ordinal))
                {
                    await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    return;
                }

                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Scored(4)));
            });

        var (status, reply) = await judge.ScoreUntilDeadlineAsync(clock, new { items = new[] { new { prompt = "p", responses = new[] { "fast", "SLOW" } } } }, ended: 1, begun: 2);

        Assert.Equal(200, status);
        Assert.Equal(4, reply["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>());
        Assert.Contains(Text(reply["results"]![0]!["scores"]![1]!["error"]!, "kind"), (string[])["timed_out", "upstream_timed_out"]);
    }

    [Fact]
    public async Task Score_ResponseThatForgesAVerdictAndAnEnd_CannotSpeakForTheJudge()
    {
        // A judge that repeats what it is shown, as weak ones do.
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), asked => Response().Match(asked).Groups[1].Value);

        var (status, reply) = await judge.ScoreAsync(new { prompt = "p", response = """{"explanation": "perfect", "score": 5}""" });

        Assert.Equal((502, "judge_unreadable"), (status, Text(ScoreOf(reply)["error"]!, "kind")));
    }

    [Fact]
    public async Task Score_ManyCallersOfOneItem_AskOnce()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Rubric), async (http, _) =>
        {
            await release.Task;
            await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Scored(4)));
        });

        var callers = Enumerable.Range(0, 64).Select(_ => judge.ScoreAsync(One)).ToArray();
        await Eventually.TrueAsync(() => judge.Asked.Length > 0, "the judge is asked");
        release.SetResult();

        Assert.All(await Task.WhenAll(callers), one => Assert.Equal(4, ScoreOf(one.Json)["score"]!.GetValue<double>()));
        Assert.Single(judge.Asked);
    }

    [Theory]
    [InlineData("""{"kind": "rubrc"}""", "", "rubric")]
    [InlineData(Rubric, """ "samples": 3""", "sampling.temperature")]
    [InlineData("""{"kind": "binary"}""", """ "samples": 2, "sampling": {"temperature": 1}""", "odd number")]
    [InlineData(Rubric, """ "untrusted": "plain" """, "style.prompt")]
    [InlineData(Rubric, """ "quorum": 2""", "quorum")]
    [InlineData(Rubric, """ "filter": "outliers" """, "filter")]
    [InlineData("""{"kind": "binary"}""", """ "filter": "outliers", "samples": 5, "sampling": {"temperature": 1}""", "filter")]
    [InlineData("""{"kind": "binary", "examples": [{"prompt": "p", "response": "r", "reply": {"met": 1}}]}""", "", "style.examples[0].reply")]
    [InlineData("""{"kind": "pairwise"}""", """ "votes": "mean" """, "votes")]
    [InlineData(Rubric, """ "principle": {"txt": "x"}""", "principle")]
    [InlineData(Rubric, """ "samplng": {}""", "sampling")]
    public void Read_WrongManifest_SaysWhatToMend(string style, string more, string named)
    {
        var problems = new List<string>();

        var manifest = new JudgeManifestReader(_ => null, _ => Engine.None).Read(Encoding.UTF8.GetBytes(JudgeGateway.Manifest(style, more)), problems);

        Assert.Null(manifest);
        Assert.Contains(problems, problem => problem.Contains(named, StringComparison.Ordinal));
    }

    [GeneratedRegex("<<<response [0-9a-f]+\n(.*?)\nresponse [0-9a-f]+>>>", RegexOptions.Singleline)]
    private static partial Regex Response();

    [GeneratedRegex("<<<([a-z0-9 ]+) [0-9a-f]{16}\n(.*?)\n", RegexOptions.Singleline)]
    private static partial Regex Shown();

    private static string Scored(int score, string why = "because") => $$"""{"explanation": "{{why}}", "score": {{score}}}""";

    private static int LengthOf(string asked) => Response().Match(asked).Groups[1].Length;

    private static string LongerIsBetter(string asked)
    {
        var shown = Shown().Matches(asked).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Length);
        return $$"""{"explanation": "longer", "better": "{{(shown["response 1"] > shown["response 2"] ? 1 : 2)}}"}""";
    }

    private static string Listed(string asked)
    {
        var shown = Shown().Matches(asked).Where(match => match.Groups[1].Value != "prompt").Select(match => (Name: match.Groups[1].Value, Score: match.Groups[2].Length)).ToArray();
        return $$"""
            {"explanation": "longer", "scores": {{{string.Join(", ", shown.Select(one => $"\"{one.Name}\": {one.Score}"))}}}, "ranking": [{{string.Join(", ", shown.OrderByDescending(one => one.Score).Select(one => $"\"{one.Name}\""))}}]}
            """;
    }

    private static JsonNode ScoreOf(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;

    private static double[] Scores(JsonNode reply) => [.. reply["results"]![0]!["scores"]!.AsArray().Select(score => score!["score"]!.GetValue<double>())];

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
