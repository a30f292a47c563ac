using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Client;
using Gateway.Server.Tests.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging.Juries;

/// <summary>Juries behind a real socket, their judges over an engine that speaks the real wire: one number of all, or a typed failure that names who is missing.</summary>
public sealed partial class JuryRequestTests
{
    private const string One = """{"prompt": "What is 2 + 2?", "response": "four"}""";

    // 4, 1 and 2: mean 7/3, least 1, cube root of 8.
    [Theory]
    [InlineData("mean", 7.0 / 3)]
    [InlineData("min", 1.0)]
    [InlineData("nash", 2.0)]
    public async Task Score_ThreeJudges_IsTheWelfareOfTheirScoresAndShowsEach(string welfare, double expected)
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury(welfare))], (judge, _) => Fixed(judge));

        var (status, reply) = await jury.ScoreAsync(One);

        Assert.Equal(200, status);
        var score = ScoreOf(reply);
        Assert.Equal(expected, score["score"]!.GetValue<double>(), 1e-12);
        Assert.Equal(
            [("a", "a", "ok", 4.0, 4.0, "a says so"), ("b", "b", "ok", 1, 1, "b says so"), ("c", "c", "ok", 2, 2, "c says so")],
            Jurors(score).Select(juror => (Text(juror, "name"), Text(juror, "model"), Text(juror, "status"), Number(juror, "score"), Number(juror, "value"), Text(juror, "critique"))));
        Assert.Equal(Math.Sqrt(14.0 / 9), Number(score["judgement"]!, "spread"), 1e-12);
        Assert.Equal((3, 3, 300), (score["judgement"]!["samples"]!.GetValue<int>(), reply["usage"]!["judge_calls"]!.GetValue<int>(), reply["usage"]!["prompt_tokens"]!.GetValue<int>()));
        Assert.Equal(welfare, Text(score["jury"]!, "welfare"));
    }

    [Fact]
    public async Task Score_AfterOneOfItsJudges_AsksTheOthersOnlyAndAgainNobody()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], (judge, _) => Fixed(judge));

        await jury.ScoreAsync("""{"model": "a", "prompt": "What is 2 + 2?", "response": "four"}""");
        var (_, first) = await jury.ScoreAsync(One);
        var (_, again) = await jury.ScoreAsync(One);
        var (_, only) = await jury.ScoreAsync("""{"prompt": "What is 2 + 2?", "response": "four", "options": {"cache": "only"}}""");
        var (status, none) = await jury.ScoreAsync("""{"prompt": "What is 2 + 2?", "response": "five", "options": {"cache": "only"}}""");

        Assert.Equal(["a", "b", "c"], jury.Asked.Order());
        Assert.Equal([true, false, false], Jurors(ScoreOf(first)).Select(juror => juror["cached"]!.GetValue<bool>()));
        Assert.Equal((false, 2), (ScoreOf(first)["cached"]!.GetValue<bool>(), first["usage"]!["judge_calls"]!.GetValue<int>()));
        Assert.Equal((true, 1), (ScoreOf(again)["cached"]!.GetValue<bool>(), again["usage"]!["cached"]!.GetValue<int>()));
        Assert.All((JsonNode[])[again, only], one => Assert.Equal(Number(ScoreOf(first), "score"), Number(ScoreOf(one), "score")));
        Assert.Equal((404, "not_cached"), (status, Text(ScoreOf(none)["error"]!, "kind")));
    }

    [Fact]
    public async Task Score_OneJurorFails_IsItsFailureByNameAndTheOthersArePaidOnce()
    {
        var broken = true;
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], (judge, _) => judge == "b" && Volatile.Read(ref broken) ? "no idea" : Fixed(judge));

        var (status, reply) = await jury.ScoreAsync(One);
        Volatile.Write(ref broken, false);
        var (_, mended) = await jury.ScoreAsync(One);

        Assert.Equal((502, "judge_unreadable"), (status, Text(ScoreOf(reply)["error"]!, "kind")));
        Assert.StartsWith("juror 'b': ", Text(ScoreOf(reply)["error"]!, "message"), StringComparison.Ordinal);
        Assert.Null(ScoreOf(reply)["score"]);
        Assert.Equal(7.0 / 3, Number(ScoreOf(mended), "score"), 1e-12);
    }

    [Fact]
    public async Task Score_OneJurorFails_CancelsTheOthersAndAnotherItemIsScored()
    {
        var left = 0;
        var waiting = new CountdownEvent(2);
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], async (http, judge, asked) =>
        {
            if (!asked.Contains("BROKEN", StringComparison.Ordinal))
            {
                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply($$"""{"explanation": "x", "score": {{Fixed(judge)}}}"""));
            }
            else if (judge == "c")
            {
                await Eventually.TrueAsync(() => waiting.IsSet, "the other two were asked");
                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply("no"));
            }
            else
            {
                http.RequestAborted.Register(() => Interlocked.Increment(ref left));
                waiting.Signal();
                await ScriptedUpstream.HangAsync(http);
            }
        });

        var (status, reply) = await jury.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "BROKEN", "whole" } } } });

        Assert.Equal(200, status);
        Assert.StartsWith("juror 'c': ", Text(reply["results"]![0]!["scores"]![0]!["error"]!, "message"), StringComparison.Ordinal);
        Assert.DoesNotContain("juror 'a'", reply.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(7.0 / 3, Number(reply["results"]![0]!["scores"]![1]!, "score"), 1e-12);
        await Eventually.TrueAsync(() => Volatile.Read(ref left) == 2, "the calls that became useless are cancelled");
    }

    [Fact]
    public async Task Score_WithAQuorum_SaysWhoIsMissing()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean", more: """ "quorum": 2"""))], (judge, _) => judge == "b" ? "no" : Fixed(judge));
        using var counters = new Counters(jury.Gateway.Services);

        var (_, reply) = await jury.ScoreAsync(One);

        var score = ScoreOf(reply);
        Assert.Equal((3.0, 2, 1, "without 'b'"), (Number(score, "score"), score["judgement"]!["samples"]!.GetValue<int>(), score["judgement"]!["missing"]!.GetValue<int>(), Text(score["judgement"]!, "note")));
        Assert.Equal(["ok", "failed", "ok"], Jurors(score).Select(juror => Text(juror, "status")));
        Assert.Equal("judge_unreadable", Text(Jurors(score)[1]["error"]!, "kind"));
        Assert.Equal(1, counters["gateway.jury.missing{b}"]);
    }

    [Fact]
    public async Task Score_JurorThatHangs_IsItsTimeoutByNameOrWithAQuorumMissing()
    {
        var clock = new FakeTimeProvider();
        await using var jury = await JuryGateway.StartAsync(
            clock, [("jury", JuryGateway.Jury("mean")), ("most", JuryGateway.Jury("mean", more: """ "quorum": 2"""))],
            (http, judge, _) => judge == "c" ? ScriptedUpstream.HangAsync(http) : ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply($$"""{"explanation": "x", "score": {{Fixed(judge)}}}""")));
        object Body(string model) => new { items = new[] { new { prompt = "p", responses = new[] { "r" } } }, model };
        // Of the second only c is asked: the others' scores are stored.
        Task<(int, JsonNode)> UntilDeadlineAsync(string model, int ended) =>
            JudgeGateway.UntilDeadlineAsync(jury.Gateway, jury.Engine, clock, () => jury.ScoreAsync(Body(model)), ended, begun: ended + 1);

        var (status, all) = await UntilDeadlineAsync("jury", ended: 2);
        var (_, most) = await UntilDeadlineAsync("most", ended: 0);

        Assert.Equal(504, status);
        Assert.StartsWith("juror 'c': ", Text(ScoreOf(all)["error"]!, "message"), StringComparison.Ordinal);
        Assert.Equal((2.5, "without 'c'"), (Number(ScoreOf(most), "score"), Text(ScoreOf(most)["judgement"]!, "note")));
        Assert.Equal(["a", "b", "c", "c"], jury.Asked.Order());
    }

    [Fact]
    public async Task Score_JurorWithoutAVerdict_IsUndecidedAndNoFailure()
    {
        await using var jury = await JuryGateway.StartAsync(
            [
                ("jury", """{"kind": "jury", "scale": {"lowest": 0, "highest": 1}, "jurors": [{"model": "a"}, {"model": "b"}]}"""),
                ("a", JuryGateway.Judge("a", """{"kind": "pairwise"}""")), ("b", JuryGateway.Judge("b", """{"kind": "pairwise"}""")),
            ],
            (judge, asked) => judge == "b" ? """{"explanation": "x", "better": "1"}""" : LongerIsBetter(asked));

        var (status, reply) = await jury.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "long", "s" } } } });
        var (alone, refused) = await jury.ScoreAsync(One);

        Assert.Equal(200, status);
        Assert.All(reply["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal(("undecided", null), (Text(score!, "status"), score!["score"])));
        Assert.Contains("juror 'b' came to no verdict", Text(ScoreOf(reply)["judgement"]!, "note"), StringComparison.Ordinal);
        Assert.Contains(Text(Jurors(ScoreOf(reply))[0], "status"), (string[])["ok", "unheard"]);
        Assert.Equal((400, "invalid_request"), (alone, Text(refused, "kind")));
    }

    [Fact]
    public async Task Score_ListwiseAndPointwiseJudges_EachSeesTheItemInItsWay()
    {
        await using var jury = await JuryGateway.StartAsync(
            [
                ("jury", JuryGateway.Jury("mean", """{"model": "a"}, {"model": "b", "range": {"lowest": 0, "highest": 1}}""")), ("b", JuryGateway.Judge("b", """{"kind": "pairwise"}""")),
            ],
            (judge, asked) => judge == "a" ? $"{ShownResponse().Match(asked).Groups[1].Length}" : LongerIsBetter(asked));

        var (_, reply) = await jury.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "rrr", "r" } } } });

        // 3 and a win, which is 5; 1 and a loss, which is 1.
        Assert.Equal([4.0, 1], reply["results"]![0]!["scores"]!.AsArray().Select(score => Number(score!, "score")));
        Assert.Equal(4, jury.Asked.Length);
    }

    [Fact]
    public async Task Score_ManyCallersOfOneItem_AskEachJudgeOnce()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], async (http, judge, _) =>
        {
            await release.Task;
            await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply($$"""{"explanation": "x", "score": {{Fixed(judge)}}}"""));
        });

        var callers = Enumerable.Range(0, 48).Select(_ => jury.ScoreAsync(One)).ToArray();
        await Eventually.TrueAsync(() => jury.Asked.Length == 3, "the judges are asked");
        release.SetResult();

        Assert.All(await Task.WhenAll(callers), one => Assert.Equal(7.0 / 3, Number(ScoreOf(one.Json), "score"), 1e-12));
        Assert.Equal(3, jury.Asked.Length);
    }

    [Fact]
    public async Task Score_CallerLeaves_EndsTheCallsOfAllJudges()
    {
        var (entered, left) = (0, 0);
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], (http, _, _) =>
        {
            http.RequestAborted.Register(() => Interlocked.Increment(ref left));
            Interlocked.Increment(ref entered);
            return ScriptedUpstream.HangAsync(http);
        });
        using var leaving = new CancellationTokenSource();

        using var body = new StringContent(One);
        var call = jury.Gateway.Http.PostAsync("/v1/score", body, leaving.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref entered) == 3, "all are asked");
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => Volatile.Read(ref left) == 3 && jury.Gateway.Admission.Items == 0, "all calls end and give their places back");
    }

    [Fact]
    public async Task Score_LargeRequestOfAJury_IsOnePartyAtItsJudges()
    {
        var order = new List<string>();
        var turns = new SemaphoreSlim(0);
        await using var jury = await JuryGateway.StartAsync(
            [("jury", JuryGateway.Jury("mean", """{"model": "a"}, {"model": "b"}"""))],
            async (http, judge, asked) =>
            {
                if (judge == "a")
                {
                    await turns.WaitAsync(http.RequestAborted);
                    lock (order)
                    {
                        order.Add(asked.Contains("SMALL", StringComparison.Ordinal) ? "small" : "large");
                    }
                }

                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply("""{"explanation": "x", "score": 3}"""));
            },
            ("Gateway:Models:a:Limits:MaxConcurrency", "1"));

        using var counters = new Counters(jury.Gateway.Services);
        var large = jury.ScoreAsync(new { items = new[] { new { prompt = "p", responses = Enumerable.Range(0, 40).Select(i => $"r{i}") } } });
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting{a}"] == 39, "one of the jury's forty is at the judge, and the others wait for it");
        var small = jury.ScoreAsync("""{"model": "a", "prompt": "p", "response": "SMALL"}""");
        await Eventually.TrueAsync(() => counters["gateway.judge.waiting{a}"] == 40, "and so does one more");
        turns.Release(41);
        await Task.WhenAll(large, small);

        Assert.InRange(order.IndexOf("small"), 0, 4);
    }

    [Fact]
    public async Task Score_JurorsInAnotherOrder_IsTheSameScore()
    {
        string[] jurors = ["""{"model": "a", "weight": 0.1}""", """{"model": "b", "weight": 0.7}""", """{"model": "c", "weight": 0.3}"""];
        await using var jury = await JuryGateway.StartAsync(
            [("forth", JuryGateway.Jury("nash", string.Join(", ", jurors))), ("back", JuryGateway.Jury("nash", string.Join(", ", jurors.Reverse())))], (judge, _) => Fixed(judge));

        var (_, forth) = await jury.ScoreAsync("""{"model": "forth", "prompt": "p", "response": "r"}""");
        var (_, back) = await jury.ScoreAsync("""{"model": "back", "prompt": "p", "response": "r"}""");

        Assert.Equal(Number(ScoreOf(forth), "score"), Number(ScoreOf(back), "score"));
        // 4^0.1 · 1^0.7 · 2^0.3, to the power of 1/1.1: 2^(0.5/1.1).
        Assert.Equal(Math.Pow(2, 0.5 / 1.1), Number(ScoreOf(forth), "score"), 1e-12);
        Assert.NotEqual(forth["revision"]!.GetValue<string>(), back["revision"]!.GetValue<string>());
        Assert.Equal(3, jury.Asked.Length);
    }

    [Fact]
    public async Task Score_PrincipleThatOneJurorCannotGoBy_IsRefusedByName()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean")), ("b", JuryGateway.Judge("b", """{"kind": "binary"}"""))], (_, _) => "4");

        var (status, reply) = await jury.ScoreAsync(new { model = "jury", items = new[] { new { prompt = "p", responses = new[] { "r" }, principle = "helpfulness" } } });

        Assert.Equal(400, status);
        Assert.Contains("not for binary", reply["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty(jury.Asked);
    }

    [Fact]
    public async Task Score_PersonasOfOneJudge_AreEachToldTheirOwnPrinciple()
    {
        await using var jury = await JuryGateway.StartAsync(
            [("jury", JuryGateway.Jury("min", """{"name": "strict", "model": "a", "principle": {"text": "BE-STRICT"}}, {"name": "kind", "model": "a", "principle": {"text": "BE-KIND"}}"""))],
            (_, asked) => asked.Contains("BE-STRICT", StringComparison.Ordinal) ? "2" : asked.Contains("BE-KIND", StringComparison.Ordinal) ? "5" : "no");

        var (_, reply) = await jury.ScoreAsync(One);
        var (status, refused) = await jury.ScoreAsync("""{"prompt": "p", "response": "r", "principle": {"text": "other"}}""");

        Assert.Equal([("strict", 2.0), ("kind", 5.0)], Jurors(ScoreOf(reply)).Select(juror => (Text(juror, "name"), Number(juror, "score"))));
        Assert.Equal(2, Number(ScoreOf(reply), "score"));
        Assert.Equal((400, "unsupported_field"), (status, Text(refused, "kind")));
    }

    [Fact]
    public async Task Score_UnlikeModelsThatDisagree_AreFlaggedCountedAndStillScored()
    {
        const string Alarming = """
            {"kind": "jury", "alarm": 1.5, "jurors": [
              {"model": "a", "calibration": {"mean": 3, "deviation": 0.5}}, {"model": "rm-mini", "calibration": {"mean": 100, "deviation": 10}}]}
            """;
        await using var jury = await JuryGateway.StartAsync([("jury", Alarming)], (judge, asked) => asked.Contains("four", StringComparison.Ordinal) ? "5" : "-");
        using var counters = new Counters(jury.Gateway.Services);

        var (_, reply, response) = await jury.Gateway.PostAsync("/v1/score", One);

        var score = ScoreOf(reply!);
        var scalar = Number(Jurors(score)[1], "score");
        // z 4 of the judge, and of a small logit some −10.
        var (judge, model) = ((5 - 3) / 0.5, (scalar - 100) / 10);
        Assert.Equal((judge + model) / 2, Number(score, "score"), 1e-9);
        Assert.Equal(Math.Abs(judge - model) / 2, Number(score["jury"]!, "disagreement"), 1e-9);
        Assert.True(score["jury"]!["alarm"]!.GetValue<bool>());
        Assert.Equal(("jury-disagreement", "flagged", "response"), (Text(score["findings"]![0]!, "rule"), Text(score["findings"]![0]!, "action"), Text(score["findings"]![0]!, "field")));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Findings").Single());
        Assert.Equal((1, 1), (counters["gateway.jury.alarms{jury}"], counters["gateway.hardening.findings{jury-disagreement}"]));
    }

    [Fact]
    public async Task Score_JuryInAJury_CountsAsOneJuror()
    {
        await using var jury = await JuryGateway.StartAsync(
            [("outer", JuryGateway.Jury("mean", """{"model": "inner"}, {"model": "c"}""")), ("inner", JuryGateway.Jury("min", """{"model": "a"}, {"model": "b"}"""))], (judge, _) => Fixed(judge));

        var (_, reply) = await jury.ScoreAsync(One);

        Assert.Equal(1.5, Number(ScoreOf(reply), "score"));
        Assert.Equal(["a", "b", "c"], jury.Asked.Order());
    }

    [Fact]
    public async Task Score_ScoreOffItsDeclaredScale_IsAFailureThatNamesTheJuror()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean", """{"model": "a", "range": {"lowest": 1, "highest": 3}}, {"model": "b"}"""))], (judge, _) => Fixed(judge));

        var (status, reply) = await jury.ScoreAsync(One);

        Assert.Equal((500, "invalid_score"), (status, Text(ScoreOf(reply)["error"]!, "kind")));
        Assert.StartsWith("juror 'a': it gave 4,", Text(ScoreOf(reply)["error"]!, "message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_HardeningOfTheRequestAndAFloorOfTheJury_HoldForTheJury()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean"))], (judge, _) => Fixed(judge), ("Gateway:Models:jury:Floor", "-5"));

        var (_, floored) = await jury.ScoreAsync("""{"prompt": "What is 2 + 2?", "response": ":"}""");

        Assert.Equal(("floored", -5.0), (Text(ScoreOf(floored), "status"), Number(ScoreOf(floored), "score")));
        Assert.Empty(jury.Asked);
    }

    [Fact]
    public async Task Score_MoreVoicesThanTheHouseHolds_IsRefusedWhole()
    {
        await using var jury = await JuryGateway.StartAsync(
            [("jury", JuryGateway.Jury("mean"))], (judge, _) => Fixed(judge), ("Gateway:Limits:ItemsInFlight", "8"), ("Gateway:Limits:ResponsesPerRequest", "8"));

        var (status, reply) = await jury.ScoreAsync(new { items = new[] { new { prompt = "p", responses = new[] { "1", "2", "3" } } } });

        Assert.Equal((413, "input_too_long"), (status, Text(reply, "kind")));
        Assert.Empty(jury.Asked);
    }

    [Fact]
    public async Task Dialects_OfAJury_GiveItsNumberOrItsFailure()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("min"))], (judge, asked) => asked.Contains("BROKEN", StringComparison.Ordinal) && judge == "b" ? "no" : Fixed(judge));

        var (_, number, _) = await jury.Gateway.PostAsync("/slime", """{"prompt": [{"role": "user", "content": "p"}], "response": "r"}""");
        var (failed, error, _) = await jury.Gateway.PostAsync("/slime", """{"prompt": [{"role": "user", "content": "p"}], "response": "BROKEN"}""");
        var (_, ranked, _) = await jury.Gateway.PostAsync("/api/rewardanything", """{"principle": "Be brief.", "prompt": "p", "responses": {"x": "r"}, "mask_responses": true}""");

        Assert.Equal(1, number!.GetValue<double>());
        Assert.InRange(failed, 500, 599);
        Assert.Contains("juror 'b'", error!.ToJsonString().Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, ranked!["results"]!["scores"]!["x"]!.GetValue<double>());
        Assert.Contains("b: b says so", Text(ranked, "thoughts"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drop_OfAJury_NamesThoseWhoseScoresAreStored()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("min"))], (judge, _) => Fixed(judge));

        var (status, refused, _) = await jury.Gateway.PostAsync("/admin/cache/drop", """{"model": "jury"}""");
        await jury.ScoreAsync(One);
        await jury.Gateway.PostAsync("/admin/cache/drop", """{"model": "b"}""");
        await jury.ScoreAsync(One);

        Assert.Equal(400, status);
        Assert.Contains("drop its jurors': a, b, c.", Text(refused!, "detail"), StringComparison.Ordinal);
        Assert.Equal(["a", "b", "b", "c"], jury.Asked.Order());
    }

    [Fact]
    public async Task Models_OfAJury_ShowItsJurorsToTheClientToo()
    {
        await using var jury = await JuryGateway.StartAsync([("jury", JuryGateway.Jury("mean", """{"name": "x", "model": "a", "weight": 2}, {"model": "b"}"""))], (judge, _) => Fixed(judge));
        var client = new GatewayClient(jury.Gateway.Http);

        var models = await client.GetModelsAsync(TestContext.Current.CancellationToken);
        var reply = await client.ScoreAsync(new ScoreCall { Prompt = "p", Response = "r" }, TestContext.Current.CancellationToken);

        Assert.Equal([new JurorCard("x", "a", 2), new JurorCard("b", "b", 1)], models.Data.Single(card => card.Id == "jury").Jurors!);
        Assert.Null(models.Data.Single(card => card.Id == "a").Jurors);
        Assert.Equal(3, reply.Results[0].Scores[0].Score);
        Assert.Equal([("x", 4.0), ("b", 1.0)], reply.Results[0].Scores[0].Jury!.Jurors.Select(juror => (juror.Name, juror.Score!.Value)));
    }

    [GeneratedRegex("<<<response [0-9a-f]+\n(.*?)\nresponse [0-9a-f]+>>>", RegexOptions.Singleline)]
    private static partial Regex ShownResponse();

    [GeneratedRegex("<<<([a-z0-9 ]+) [0-9a-f]{16}\n(.*?)\n", RegexOptions.Singleline)]
    private static partial Regex Shown();

    private static string LongerIsBetter(string asked)
    {
        var shown = Shown().Matches(asked).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Length);
        return $$"""{"explanation": "longer", "better": "{{(shown["response 1"] > shown["response 2"] ? 1 : 2)}}"}""";
    }

    private static string Fixed(string judge) => judge switch { "a" => "4", "b" => "1", _ => "2" };

    private static JsonNode ScoreOf(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;

    private static JsonNode[] Jurors(JsonNode score) => [.. score["jury"]!["jurors"]!.AsArray().Select(juror => juror!)];

    private static double Number(JsonNode node, string name) => node[name]!.GetValue<double>();

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
