using System.Text.Json.Nodes;
using Gateway.Core.Hardening;
using Gateway.Server.Tests.Caching;
using Gateway.Server.Tests.Upstream;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>Judges whose responses are held against control answers, over real sockets.</summary>
public sealed class ControlAnswersTests
{
    private const string Prompt = "What is 2 + 2?";
    private const string Good = "It is four.";
    private const string Empty = "There is a way to see this.";

    private static readonly (string Key, string Value)[] Floors =
    [
        ("Gateway:Models:judge:Floor", "-3"),
        ("Gateway:Models:judge:Hardening", "house"),
        ("Gateway:Hardening:Policies:house:Rules:control-answers:High", "Floor"),
    ];

    public static TheoryData<string> Styles => [.. StyleJudge.Styles];

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Score_JudgeFooledByAControl_FloorsWhatDoesNoBetter(string style)
    {
        // Taken in by a lone colon, and by everything that says no more.
        await using var judge = await StartAsync(style, text => text == Good ? 1 : text is ":" or Empty ? 0.75 : 0, Floors);

        var (status, reply) = await judge.ScoreAsync(Ask(style, Good, Empty));

        Assert.Equal(200, status);
        var scores = Scores(reply);
        var goodIsHigher = style is not ("binary" or "verifier" or "criteria");
        Assert.Equal(goodIsHigher ? "ok" : "floored", Text(scores[0], "status"));
        Assert.Equal(("floored", -3.0), (Text(scores[1], "status"), scores[1]["score"]!.GetValue<double>()));
        Assert.Equal(("control-answers", "high", "floored"), Finding(scores[1]));
        // What the judge said is shown all the same, and what the control got.
        var shown = scores[1]["controls"]!;
        Assert.Equal(("not_cleared", "built-in/1"), (Text(shown, "outcome"), Text(shown, "set")));
        Assert.NotEqual(-3.0, scores[1]["raw"]!.GetValue<double>());
        var colon = shown["answers"]!.AsArray().Single(one => Text(one!, "answer") == ":")!["score"]!.GetValue<double>();
        Assert.True(colon >= scores[1]["raw"]!.GetValue<double>() - 1e-9 || style == "pairwise");
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Score_SoundJudge_FloorsNothingThatIsGoodAndLeavesLowScores(string style)
    {
        await using var judge = await StartAsync(style, text => text == Good ? 1 : text == "poor" ? 0.25 : 0, Floors);

        var (_, reply) = await judge.ScoreAsync(Ask(style, Good, "poor", "wrong"));

        var scores = Scores(reply);
        var held = style == "pairwise" ? scores.Take(2) : scores;
        Assert.All(held, score => Assert.Equal(("ok", "cleared"), (Text(score, "status"), Text(score["controls"]!, "outcome"))));
        Assert.All(held, score => Assert.Empty(score["findings"]!.AsArray()));
        if (style == "pairwise")
        {
            // A response that ties with an answer known to be bad is no better than it.
            Assert.Equal("floored", Text(scores[2], "status"));
        }
    }

    [Theory]
    [InlineData("rubric", 64)]
    [InlineData("verifier", 64)]
    [InlineData("yes-no", 64)]
    [InlineData("listwise", 1)]
    public async Task Score_Groups32CallersAndTwoReplicas_AskOncePerControlAndPrompt(string style, int units)
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:LookupMs", "5000"), ("Gateway:Models:judge:Controls:Enabled", "true")];
        await using var one = await StartAsync(style, _ => 0.5, settings);
        await using var other = await StartAsync(style, _ => 0.5, settings);
        using var counters = new Counters(one.Gateway.Services);

        var callers = await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => one.ScoreAsync(Ask(style, [.. Enumerable.Range(0, 64).Select(i => $"response {i} of {caller / 4}")]))));
        // What is stored is written in the background.
        await Eventually.TrueAsync(() => counters["gateway.cache.stored{redis}"] == (8 * units) + 4, "every score is in Redis");
        var (status, reply) = await other.ScoreAsync(Ask(style, [.. Enumerable.Range(0, 64).Select(i => $"another {i}")]));

        Assert.All(callers, caller => Assert.Equal(200, caller.Status));
        Assert.Equal((200, 4), (status, Controls(reply)["cached"]!.GetValue<int>()));
        var shown = one.Asked.Concat(other.Asked).SelectMany(StyleJudge.Responses).CountBy(one => one.Text).ToDictionary();
        Assert.All(ControlSet.BuiltIn.Answers, control => Assert.Equal(1, shown[control]));
        Assert.Equal((32 * 4, 32 * 64), (counters["gateway.control.scores"], counters["gateway.control.checks"]));
    }

    [Fact]
    public async Task Score_PlainlyTheReference_StandsWhateverAControlFools()
    {
        // A judge that takes everything for right says nothing of anything, and was not asked about what is plainly the reference.
        await using var judge = await StartAsync("verifier", _ => 1, Floors);

        var (_, reply) = await judge.ScoreAsync(
            new { items = new[] { StyleJudge.Item("verifier", Prompt, ["5", "It is five.\n#### 5", "five", "nine"], "5") }, options = new { controls = "on", explain = true } });

        var scores = Scores(reply);
        Assert.Equal(["ok", "ok", "floored", "floored"], scores.Select(score => Text(score, "status")));
        Assert.All(scores.Take(2), score => Assert.Equal(1, score["score"]!.GetValue<double>()));
        Assert.Null(scores[0]["controls"]);
        Assert.NotNull(scores[2]["controls"]);
    }

    [Fact]
    public async Task Score_FlaggedByDefault_AndTheScoreStands()
    {
        await using var judge = await StartAsync("rubric", _ => 1);

        var (_, reply) = await judge.ScoreAsync(Ask("rubric", "r"));

        var score = Scores(reply)[0];
        Assert.Equal(("ok", 5.0), (Text(score, "status"), score["score"]!.GetValue<double>()));
        Assert.Equal(("control-answers", "high", "flagged"), Finding(score));
        Assert.Null(score["raw"]);
        Assert.Equal(0.2, score["controls"]!["margin"]!.GetValue<double>(), 9);
    }

    [Fact]
    public async Task Score_StoredAndFlooredForAnotherRequest_IsTheSameReplyForTheNext()
    {
        await using var judge = await StartAsync("rubric", _ => 1, Floors);
        var plain = new { items = new[] { StyleJudge.Item("rubric", Prompt, ["a", "b"]), StyleJudge.Item("rubric", Prompt, ["a"]) } };
        await judge.ScoreAsync(plain);
        var (_, before) = await judge.ScoreAsync(plain);

        var (_, held) = await judge.ScoreAsync(Ask("rubric", "a", "b"));
        var (_, after) = await judge.ScoreAsync(plain);

        Assert.All(Scores(held), score => Assert.Equal(("floored", true, 5.0), (Text(score, "status"), score["cached"]!.GetValue<bool>(), score["raw"]!.GetValue<double>())));
        Assert.All(Scores(before), score => Assert.Equal(("ok", true, 5.0), (Text(score, "status"), score["cached"]!.GetValue<bool>(), score["score"]!.GetValue<double>())));
        Assert.Equal(before.ToJsonString(), after.ToJsonString());
    }

    [Fact]
    public async Task Score_Usage_CountsWhatControlsTook()
    {
        await using var judge = await StartAsync("rubric", _ => 0.5);

        var (_, first) = await judge.ScoreAsync(Ask("rubric", "a", "b"));
        var (_, later) = await judge.ScoreAsync(Ask("rubric", "c"));

        Assert.Equal((6, 4, 0, 4, 400), (Calls(first), Number(first, "scores"), Number(first, "cached"), Number(first, "judge_calls"), Number(first, "prompt_tokens")));
        Assert.Equal((1, 4, 4, 0, 0), (Calls(later), Number(later, "scores"), Number(later, "cached"), Number(later, "judge_calls"), Number(later, "prompt_tokens")));
        int Number(JsonNode reply, string name) => Controls(reply)[name]!.GetValue<int>();
        int Calls(JsonNode reply) => reply["usage"]!["judge_calls"]!.GetValue<int>();
    }

    [Fact]
    public async Task Score_WithAndWithoutControls_ShareTheStoredScore()
    {
        await using var judge = await StartAsync("rubric", text => text == Good ? 1 : 0.75, Floors);

        await judge.ScoreAsync(new { items = new[] { StyleJudge.Item("rubric", Prompt, [Empty]) } });
        var (_, held) = await judge.ScoreAsync(Ask("rubric", Empty));
        var (_, again) = await judge.ScoreAsync(new { items = new[] { StyleJudge.Item("rubric", Prompt, [Empty]) } });

        Assert.Equal((true, "floored"), (Scores(held)[0]["cached"]!.GetValue<bool>(), Text(Scores(held)[0], "status")));
        Assert.Equal((true, "ok", 4.0), (Scores(again)[0]["cached"]!.GetValue<bool>(), Text(Scores(again)[0], "status"), Scores(again)[0]["score"]!.GetValue<double>()));
        Assert.Single(judge.Asked, asked => StyleJudge.Responses(asked)[0].Text == Empty);
    }

    [Theory]
    [InlineData("default", 200, "flagged")]
    [InlineData("strict", 502, "rejected")]
    [InlineData("observe", 200, "observed")]
    public async Task Score_ControlFails_IsUncheckedAndNeverPassed(string policy, int expected, string action)
    {
        var fails = true;
        await using var judge = await JudgeGateway.StartAsync(StyleJudge.Manifest("rubric"), (http, asked) =>
            Volatile.Read(ref fails) && StyleJudge.Responses(asked)[0].Text == ":"
                ? ScriptedUpstream.JsonAsync(http, 500, """{"error": {"message": "out of memory"}}""")
                : StyleJudge.AnswerAsync(http, "rubric", asked, text => text == Good ? 1 : 0));

        var (status, reply, response) = await judge.Gateway.PostAsync("/v1/score", Body(AskUnder(policy, Good)));
        Volatile.Write(ref fails, false);
        var (_, later) = await judge.ScoreAsync(AskUnder(policy, Good));

        var score = Scores(reply!)[0];
        Assert.Equal(expected, status);
        Assert.Equal(("control-answers", "medium", action), Finding(score));
        Assert.Contains("unchecked: 1 of 4", Text(score["findings"]![0]!, "detail"), StringComparison.Ordinal);
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Unchecked").Single());
        Assert.Equal("unchecked", Text(score["controls"]!, "outcome"));
        Assert.Equal("upstream_failed", Text(score["controls"]!["answers"]!.AsArray().Single(one => Text(one!, "answer") == ":")!["error"]!, "kind"));
        if (expected == 200)
        {
            Assert.Equal(("ok", 5.0), (Text(score, "status"), score["score"]!.GetValue<double>()));
        }
        else
        {
            // A failure of the control's kind, never a floor, and the judge's own number is there to see.
            Assert.Equal(("failed", "upstream_failed", 5.0), (Text(score, "status"), Text(score["error"]!, "kind"), score["raw"]!.GetValue<double>()));
        }

        Assert.Equal("cleared", Text(Scores(later)[0]["controls"]!, "outcome"));
        Assert.True(Scores(later)[0]["cached"]!.GetValue<bool>());
    }

    [Fact]
    public async Task Score_OneControlLostAndAnotherFails_IsLost()
    {
        await using var judge = await JudgeGateway.StartAsync(StyleJudge.Manifest("rubric"), (http, asked) =>
            StyleJudge.Responses(asked)[0].Text == ":" ? ScriptedUpstream.JsonAsync(http, 500, "{}") : StyleJudge.AnswerAsync(http, "rubric", asked, _ => 1));

        var (_, reply) = await judge.ScoreAsync(Ask("rubric", "r"));

        Assert.Equal(("control-answers", "high", "flagged"), Finding(Scores(reply)[0]));
    }

    [Fact]
    public async Task Score_ControlHangsPastTheDeadline_GivesTheScoreUncheckedAndEndsTheCall()
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new FakeTimeProvider();
        await using var judge = await JudgeGateway.StartAsync(clock, StyleJudge.Manifest("rubric"), async (http, asked) =>
        {
            if (StyleJudge.Responses(asked)[0].Text == ":")
            {
                await ScriptedUpstream.HangAsync(http);
                left.TrySetResult();
                return;
            }

            await StyleJudge.AnswerAsync(http, "rubric", asked, text => text == Good ? 1 : 0);
        });

        var controls = ControlSet.BuiltIn.Answers.Count;
        var (status, reply) = await judge.ScoreUntilDeadlineAsync(
            clock, new { items = new[] { StyleJudge.Item("rubric", "p", [Good]) }, options = new { controls = "on" } }, ended: controls, begun: 1 + controls);

        Assert.Equal((200, 5.0), (status, Scores(reply)[0]["score"]!.GetValue<double>()));
        Assert.Equal(("control-answers", "medium", "flagged"), Finding(Scores(reply)[0]));
        await left.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Score_ClientLeaves_EndsTheCallsForControlsAndServesTheNext()
    {
        var (hangs, waiting, left) = (true, 0, 0);
        await using var judge = await JudgeGateway.StartAsync(StyleJudge.Manifest("rubric"), async (http, asked) =>
        {
            if (Volatile.Read(ref hangs))
            {
                Interlocked.Increment(ref waiting);
                await ScriptedUpstream.HangAsync(http);
                Interlocked.Increment(ref left);
                return;
            }

            await StyleJudge.AnswerAsync(http, "rubric", asked, text => text == Good ? 1 : 0);
        });
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body(Ask("rubric", Good)));
        var call = judge.Gateway.Http.PostAsync("/v1/score", content, leaving.Token);
        await Eventually.TrueAsync(() => Volatile.Read(ref waiting) == 5, "one response and four controls are asked about");

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => Volatile.Read(ref left) == 5, "all calls end");
        Volatile.Write(ref hangs, false);
        Assert.Equal("cleared", Text(Scores((await judge.ScoreAsync(Ask("rubric", Good))).Json)[0]["controls"]!, "outcome"));
        await Eventually.TrueAsync(() => judge.Gateway.Admission.Items == 0, "the request that was answered gives its places back");
    }

    [Fact]
    public async Task Score_PairwiseJudgeThatGoesByPlace_IsUndecidedAgainstAControlAndDoesNotClearIt()
    {
        await using var judge = await JudgeGateway.StartAsync(StyleJudge.Manifest("pairwise"), (http, asked) => ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(
            StyleJudge.Responses(asked).Any(shown => shown.Text == ":")
                ? """{"explanation": "x", "better": "1"}"""
                : $$"""{"explanation": "x", "better": "{{(StyleJudge.Responses(asked)[0].Text == Good ? "1" : StyleJudge.Responses(asked)[1].Text == Good ? "2" : StyleJudge.Responses(asked)[0].Text == "bad" ? "1" : "2")}}"}""")));

        var (_, reply) = await judge.ScoreAsync(Ask("pairwise", Good, "bad"));

        Assert.Equal([1, 0], Scores(reply).Select(score => score["score"]!.GetValue<double>()));
        Assert.All(Scores(reply), score => Assert.Equal(("control-answers", "high", "flagged"), Finding(score)));
        // Controls are rivals of the check alone: they change no share and no comparison.
        Assert.Single(reply["results"]![0]!["comparisons"]!.AsArray());
    }

    [Fact]
    public async Task Score_Jury_RefusesControlsAndGoesByItsJurorsSettings()
    {
        await using var jury = await Juries.JuryGateway.StartAsync([("jury", Juries.JuryGateway.Jury("mean"))], (_, _) => "5", ("Gateway:Models:a:Controls:Enabled", "true"));
        object Body(string? controls) => new { model = "jury", items = new[] { new { prompt = Prompt, responses = new[] { Good } } }, options = new { controls } };

        var (refused, fault) = await jury.ScoreAsync(Body("on"));
        var (status, reply) = await jury.ScoreAsync(Body(null));

        Assert.Equal(400, refused);
        Assert.Contains("is a jury", Text(fault, "detail"), StringComparison.Ordinal);
        Assert.Equal((200, 5.0), (status, Scores(reply)[0]["score"]!.GetValue<double>()));
        // Three jurors on the response, and one of them on its controls.
        Assert.Equal(3 + ControlSet.BuiltIn.Answers.Count, jury.Engine.Seen.Count(request => request.Path.StartsWith("/v1/chat", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Score_ControlThatIsTheReference_IsLeftOut()
    {
        await using var judge = await StartAsync("rubric", text => text is ":" or Good ? 1 : 0);
        object Ask(string? reference) => new { items = new[] { StyleJudge.Item("rubric", "Which sign comes before a list?", [Good], reference) }, options = new { controls = "on", explain = true } };

        var (_, unknown) = await judge.ScoreAsync(Ask(null));
        var (_, known) = await judge.ScoreAsync(Ask(":"));

        Assert.Equal("not_cleared", Text(Scores(unknown)[0]["controls"]!, "outcome"));
        Assert.Equal(("cleared", 3), (Text(Scores(known)[0]["controls"]!, "outcome"), Scores(known)[0]["controls"]!["answers"]!.AsArray().Count));
    }

    [Fact]
    public async Task Score_DeclaredAnswersMarginAndBottom_AreUsed()
    {
        await using var judge = await StartAsync(
            "rubric", text => text == "declared" ? 0.5 : text == Good ? 1 : 0.75,
            ("Gateway:Models:judge:Controls:Enabled", "true"), ("Gateway:Models:judge:Controls:Answers:0", "declared"), ("Gateway:Models:judge:Controls:Margin", "1.5"));
        await using var lenient = await StartAsync(
            "rubric", text => text == "declared" ? 0.5 : 0.5,
            ("Gateway:Models:judge:Controls:Enabled", "true"), ("Gateway:Models:judge:Controls:Answers:0", "declared"), ("Gateway:Models:judge:Controls:Bottom", "3"));

        var (_, reply) = await judge.ScoreAsync(Ask("rubric", Good, Empty));
        var (_, bottom) = await lenient.ScoreAsync(Ask("rubric", Empty));

        // 5 and 4 against 3: one and a half above is asked for.
        Assert.Equal(["cleared", "not_cleared"], Scores(reply).Select(score => Text(score["controls"]!, "outcome")));
        Assert.Equal("declared", Text(Scores(reply)[0]["controls"]!, "set"));
        Assert.Equal("cleared", Text(Scores(bottom)[0]["controls"]!, "outcome"));
    }

    [Fact]
    public async Task Score_EverythingFlooredForItsText_AsksForNoControl()
    {
        await using var judge = await StartAsync("rubric", _ => 1, Floors);

        var (_, reply) = await judge.ScoreAsync(Ask("rubric", "Thought process:"));

        Assert.Equal("floored", Text(Scores(reply)[0], "status"));
        Assert.Empty(judge.Asked);
        Assert.Null(reply["usage"]!["controls"]);
    }

    [Fact]
    public async Task Score_OnlyFromStored_IsUncheckedWhereControlsAreNot()
    {
        await using var judge = await StartAsync("rubric", text => text == Good ? 1 : 0);
        await judge.ScoreAsync(new { items = new[] { StyleJudge.Item("rubric", "p", [Good]) } });

        var (_, reply) = await judge.ScoreAsync(new { items = new[] { StyleJudge.Item("rubric", "p", [Good]) }, options = new { controls = "on", cache = "only", explain = true } });

        Assert.Equal(("unchecked", 5.0), (Text(Scores(reply)[0]["controls"]!, "outcome"), Scores(reply)[0]["score"]!.GetValue<double>()));
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task RewardAnything_ListwiseJudgeWithControls_FloorsAndSaysSo()
    {
        await using var judge = await StartAsync("listwise", text => text == Good ? 1 : 0.5, [("Gateway:Models:judge:Controls:Enabled", "true"), .. Floors]);

        var (status, reply, response) = await judge.Gateway.PostAsync(
            "/api/rewardanything", $$"""{"principle": "be right", "prompt": "p", "responses": {"a": "{{Good}}", "b": "{{Empty}}"} }""");

        Assert.Equal(200, status);
        Assert.Equal((5.0, -3.0), (reply!["results"]!["scores"]!["a"]!.GetValue<double>(), reply["results"]!["scores"]!["b"]!.GetValue<double>()));
        Assert.Equal("1", response.Headers.GetValues("X-Gateway-Floored").Single());
    }

    private static Task<JudgeGateway> StartAsync(string style, Func<string, double> worth, params (string Key, string Value)[] settings) =>
        JudgeGateway.StartAsync(StyleJudge.Manifest(style), (http, asked) => StyleJudge.AnswerAsync(http, style, asked, worth), settings);

    private static object Ask(string style, params string[] responses) =>
        new { items = new[] { StyleJudge.Item(style, Prompt, responses) }, options = new { controls = "on", explain = true } };

    private static object AskUnder(string policy, string response) =>
        new { items = new[] { StyleJudge.Item("rubric", Prompt, [response]) }, options = new { controls = "on", explain = true, hardening = policy } };

    private static string Body(object body) => System.Text.Json.JsonSerializer.Serialize(body);

    private static JsonNode[] Scores(JsonNode reply) => [.. reply["results"]![0]!["scores"]!.AsArray().Select(score => score!)];

    private static JsonNode Controls(JsonNode reply) => reply["usage"]!["controls"]!;

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static (string, string, string) Finding(JsonNode score)
    {
        var finding = score["findings"]!.AsArray().Single(one => Text(one!, "rule") == "control-answers")!;
        return (Text(finding, "rule"), Text(finding, "severity"), Text(finding, "action"));
    }
}
