using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Judging;

/// <summary>NeMo Gym's routes over judges; the shapes of requests and replies are in Samples.</summary>
public sealed class NemoGymTests
{
    private const string Pairwise = """{"kind": "pairwise"}""";
    private const string Verifier = """{"kind": "verifier"}""";
    private const string Criteria = """{"kind": "criteria"}""";
    private const string TwoCriteria = "\"rubric\": {\"criteria\": [{\"name\": \"brief\", \"question\": \"Is it brief?\", \"weight\": 3}, {\"name\": \"kind\", \"question\": \"Is it kind?\", \"weight\": 1}]}";

    [Fact]
    public async Task Compare_PairwiseJudge_GivesTheShareOfComparisonsWonInTheOrderOfTheRequest()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf);

        var (status, reply, response) = await judge.Gateway.PostAsync("/compare", Comparison(["bb", "dddd", "a", "cc"], "BE-LONG"));

        Assert.Equal(200, status);
        // Of three comparisons each: bb beats a and ties with cc, dddd beats all, a none.
        Assert.Equal([1.5 / 3, 1, 0, 1.5 / 3], Rewards(reply));
        var results = reply!["comparison_results"]!.AsArray();
        Assert.Equal([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)], results.Select(one => (one!["response_i"]!.GetValue<int>(), one["response_j"]!.GetValue<int>())));
        Assert.Equal("""{"response_i":0,"response_j":1,"judge_idx":0,"score_1":0,"score_2":1,"ranking":null,"verdict":"second"}""", results[0]!.ToJsonString());
        Assert.Equal("""{"response_i":0,"response_j":3,"judge_idx":0,"score_1":0.5,"score_2":0.5,"ranking":null,"verdict":"tie"}""", results[2]!.ToJsonString());
        // Five comparisons are 0 and 1, one is twice one half: the mean is one half, the variance 10 * 0.25 / 12.
        Assert.Equal([("mean_individual_score", 0.5), ("std_individual_score", Math.Sqrt(2.5 / 12)), ("tie_rate", 1.0 / 6), ("undecided_rate", 0)], Metrics(reply));
        Assert.Equal(12, judge.Asked.Length);
        Assert.All(judge.Asked, asked => Assert.Contains("BE-LONG", asked, StringComparison.Ordinal));
        Assert.Equal("judge", response.Headers.GetValues("X-Gateway-Model").Single());
    }

    [Fact]
    public async Task Compare_ResponsesInAnyOrder_GivesEachTheSameReward()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf);
        string[] responses = ["a", "bb", "ccc", "dddd", "eeeee"];
        var random = new Random(3);

        for (var turn = 0; turn < 8; turn++)
        {
            random.Shuffle(responses);
            var (_, reply, _) = await judge.Gateway.PostAsync("/compare", Comparison(responses));

            Assert.Equal(responses.Select(text => (text.Length - 1) / 4.0), Rewards(reply));
        }

        // A pair is one unit whichever of the two comes first: ten pairs in two orders, ever.
        Assert.Equal(20, judge.Asked.Length);
    }

    [Theory]
    [InlineData("Circular", 6, 6)]
    [InlineData("All", 6, 15)]
    [InlineData("Default", 9, 9)]
    public async Task Compare_Pairing_IsTheDeployments(string pairing, int responses, int comparisons)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:Pairing", pairing));

        var (_, reply, _) = await judge.Gateway.PostAsync("/compare", Comparison(Enumerable.Range(1, responses).Select(i => new string('x', i))));

        Assert.Equal(comparisons, reply!["comparison_results"]!.AsArray().Count);
        Assert.Equal(1.0, Rewards(reply)[^1]);
    }

    [Fact]
    public async Task Compare_OneComparisonUndecided_CountsForNeitherAndIsNoNumber()
    {
        // Of a and bb the first shown always wins.
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), asked =>
            JudgeTexts.Of(asked).Values.Contains("ccc") ? JudgeTexts.LongerOf(asked) : """{"explanation": "the first", "better": "1"}""");

        var (status, reply, _) = await judge.Gateway.PostAsync("/compare", Comparison(["a", "bb", "ccc"]));

        Assert.Equal(200, status);
        Assert.Equal([0, 0, 1], Rewards(reply));
        Assert.Equal("""{"response_i":0,"response_j":1,"judge_idx":0,"score_1":null,"score_2":null,"ranking":null,"verdict":"undecided"}""", reply!["comparison_results"]![0]!.ToJsonString());
        Assert.Equal([("mean_individual_score", 0.5), ("std_individual_score", 0.5), ("tie_rate", 0), ("undecided_rate", 1.0 / 3)], Metrics(reply));
    }

    [Fact]
    public async Task Compare_ResponseWithoutAnyDecidedComparison_FailsTheCallAndNeverFirstWins()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), _ => """{"explanation": "the first", "better": "1"}""");

        var (status, reply, response) = await judge.Gateway.PostAsync("/compare", Comparison(["a", "bb"]));

        Assert.Equal((422, "judge_refused"), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.Equal("""{"detail":"$.response_objs[0]: the judge came to no verdict: No comparison of this response was decided."}""", reply!.ToJsonString());
    }

    [Fact]
    public async Task Compare_OneComparisonFailed_FailsTheCallNamingTheResponse()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Pairwise, "\"repairs\": 0"), asked => !JudgeTexts.Of(asked).ContainsValue("a") ? "no verdict" : JudgeTexts.LongerOf(asked));

        var (status, reply, response) = await judge.Gateway.PostAsync("/compare", Comparison(["a", "bb", "ccc"]));

        Assert.Equal((503, "judge_unreadable"), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.StartsWith("$.response_objs[1]: judge: ", reply!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(["detail"], reply.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task Compare_SameTextTwice_IsATieWithoutAsking()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf);

        var (_, reply, _) = await judge.Gateway.PostAsync("/compare", Comparison(["same", "same"]));

        Assert.Equal([0.5, 0.5], Rewards(reply));
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Compare_ManyCallers_EachGetsItsOwn()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf);

        var replies = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => judge.Gateway.PostAsync("/compare", Comparison(i % 2 == 0 ? ["x", "yy"] : ["yy", "x"], prompt: $"p{i / 4}"))));

        Assert.All(replies, (reply, i) => Assert.Equal(i % 2 == 0 ? [0, 1] : [1, 0], Rewards(reply.Json)));
        Assert.Equal(20, judge.Asked.Length);
    }

    [Fact]
    public async Task Verify_Verifier_ReadsTheExpectedAnswer()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Verifier), asked => asked.Contains("four", StringComparison.Ordinal) ? "YES" : "NO");

        var said = await judge.Gateway.PostAsync("/verify", Rollout("it is four", "\"expected_answer\": \"4\""));
        var number = await judge.Gateway.PostAsync("/verify", Rollout("4", "\"expected_answer\": 4"));
        var wrong = await judge.Gateway.PostAsync("/verify", Rollout("5", "\"ground_truth\": \"4\""));
        var none = await judge.Gateway.PostAsync("/verify", Rollout("5"));
        var list = await judge.Gateway.PostAsync("/verify", Rollout("5", "\"expected_answer\": [4]"));

        Assert.Equal([1, 1, 0], new[] { said, number, wrong }.Select(one => one.Json!["reward"]!.GetValue<double>()));
        // The number is plainly the answer, so nobody was asked.
        Assert.Equal(2, judge.Asked.Length);
        Assert.Equal((400, "$.response: judge: this judge's prompt needs 'reference', which the item has not; send it."), (none.Status, none.Json!["detail"]!.GetValue<string>()));
        Assert.Equal((400, "$.expected_answer: judge reads it as the answer known to be right; send a text or a number, or leave it out."), (list.Status, list.Json!["detail"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Verify_CriteriaJudge_GivesItsComponents()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Criteria, TwoCriteria), _ => """{"why brief": "x", "brief": "yes", "why kind": "y", "kind": "no"}""");

        var (status, reply, _) = await judge.Gateway.PostAsync("/verify", Rollout("hm", "\"_ng_task_index\": 3"));

        Assert.Equal(200, status);
        Assert.Equal(["responses_create_params", "response", "_ng_task_index", "reward", "reward_components"], reply!.AsObject().Select(field => field.Key));
        Assert.Equal(0.75, reply["reward"]!.GetValue<double>());
        Assert.Equal("""{"brief":1,"kind":0}""", reply["reward_components"]!.ToJsonString());
    }

    [Theory]
    [InlineData("fail judge_unreadable", 503)]
    [InlineData("fail judge_refused", 422)]
    [InlineData("fail upstream_timed_out", 503)]
    [InlineData("fail overloaded", 503)]
    public async Task Verify_Failure_IsAnErrorWithoutAnyReward(string text, int expected)
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Answer = ScriptedModel.FailWhereAsked });

        var (status, reply, response) = await gateway.PostAsync("/verify", Rollout(text, "\"reward\": 1"));
        var (_, next, _) = await gateway.PostAsync("/verify", Rollout("xyz"));

        Assert.Equal((expected, text["fail ".Length..]), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.Equal(("detail", "$.response: scripted."), (Assert.Single(reply!.AsObject()).Key, reply!["detail"]!.GetValue<string>()));
        Assert.Equal(3.0, next!["reward"]!.GetValue<double>());
    }

    [Fact]
    public async Task Verify_PairwiseJudge_Is400SayingThatItCompares()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf);

        var (status, reply, _) = await judge.Gateway.PostAsync("/verify", Rollout("x"));

        Assert.Equal(400, status);
        Assert.Contains("compares responses", reply!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_Cohorts_JudgeTheRolloutsOfEachPromptAgainstEachOther()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "4"));
        string[] texts = ["a", "bb", "ccc", "bb"];

        var replies = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => judge.Gateway.PostAsync("/verify", Rollout(texts[i % 4], $"\"_ng_task_index\": {i / 4}, \"_ng_rollout_index\": {i % 4}"))));

        Assert.All(replies, (reply, i) =>
        {
            Assert.Equal(200, reply.Status);
            Assert.Equal((i / 4, i % 4), (reply.Json!["_ng_task_index"]!.GetValue<int>(), reply.Json["_ng_rollout_index"]!.GetValue<int>()));
            // a loses thrice, ccc wins thrice, each bb wins, loses and ties.
            Assert.Equal(new[] { 0, 0.5, 1, 0.5 }[i % 4], reply.Json["reward"]!.GetValue<double>());
        });
        // The same three texts in every task: three pairs in two orders, and one pair that is the same text.
        Assert.Equal(6, judge.Asked.Length);
    }

    [Fact]
    public async Task Verify_RolloutsWithAnotherPrompt_WaitForTheirOwn()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "2"));

        var replies = await Task.WhenAll(
            judge.Gateway.PostAsync("/verify", Rollout("a")),
            judge.Gateway.PostAsync("/verify", Rollout("bb", "\"principle\": \"P\"")),
            judge.Gateway.PostAsync("/verify", Rollout("bb", "\"prompt_id\": \"x\"")),
            judge.Gateway.PostAsync("/verify", Rollout("a", "\"prompt_id\": \"x\"")),
            judge.Gateway.PostAsync("/verify", Rollout("ccc", "\"principle\": \"P\"")),
            judge.Gateway.PostAsync("/verify", Rollout("bb")));

        Assert.Equal([0, 0, 1, 0, 1, 1], replies.Select(reply => reply.Json!["reward"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Verify_SameTasksOfTwoRuns_AreJudgedApart()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "2"));
        // Of many tasks, since siblings of different runs would meet only where they come in such an order.
        (string Run, string Text, double Reward)[] runs = [("one", "a", 0), ("two", "ccc", 0), ("one", "bb", 1), ("two", "dddd", 1)];
        var sent = Enumerable.Range(0, 16).SelectMany(task => runs.Select(one => (Task: task, one.Run, one.Text, one.Reward))).ToArray();

        var replies = await Task.WhenAll(sent.Select(one => PostAsync(judge, Rollout(one.Text, $"\"_ng_task_index\": {one.Task}"), "X-Training-Run", one.Run)));

        Assert.Equal(sent.Select(one => one.Reward), replies.Select(reply => reply["reward"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Verify_SameTasksOfTwoRunsThatSayWhoTheyAreInTheBody_AreJudgedApart()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "2"));
        (string Run, string Text, double Reward)[] sent = [("one", "a", 0), ("two", "ccc", 0), ("one", "bb", 1), ("two", "dddd", 1)];

        var replies = await Task.WhenAll(sent.Select((one, i) => judge.Gateway.PostAsync("/verify", Rollout(one.Text, $"\"_ng_rollout_index\": {i / 2}, \"training_run\": \"{one.Run}\""))));

        Assert.Equal(sent.Select(one => one.Reward), replies.Select(reply => reply.Json!["reward"]!.GetValue<double>()));
        Assert.Equal(sent.Select(one => one.Run), replies.Select(reply => reply.Json!["training_run"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Verify_TwoRunsThatDoNotSayWhoTheyAre_AreAnErrorThatSaysWhatToSend()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "4"));

        var replies = await Task.WhenAll(((string[])["a", "bb"]).Select(text => judge.Gateway.PostAsync("/verify", Rollout(text, "\"_ng_task_index\": 3, \"_ng_rollout_index\": 0"))));

        Assert.All(replies, reply =>
        {
            Assert.Equal((400, "invalid_request"), (reply.Status, reply.Response.Headers.GetValues("X-Gateway-Error").Single()));
            Assert.Contains("training_run", reply.Json!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        });
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Verify_CohortWithoutTheCache_AsksTheJudgeAgain()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "2"));

        foreach (var cache in (string[])["max-age=1", "no-store", "no-store"])
        {
            await Task.WhenAll(((string[])["a", "bb"]).Select(text => PostAsync(judge, Rollout(text), "Cache-Control", cache)));
        }

        Assert.Equal(6, judge.Asked.Length);
    }

    [Fact]
    public async Task Verify_SiblingsThatDoNotCome_FailItAndTheNextAreServed()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Pairwise), JudgeTexts.LongerOf, ("Gateway:NemoGym:RolloutsPerPrompt", "3"), ("Gateway:PatienceMs:NemoGym", "5000"));

        var few = await Task.WhenAll(judge.Gateway.PostAsync("/verify", Rollout("a")), judge.Gateway.PostAsync("/verify", Rollout("bb")));
        var all = await Task.WhenAll(((string[])["a", "bb", "ccc"]).Select(text => judge.Gateway.PostAsync("/verify", Rollout(text))));

        Assert.All(few, reply => Assert.Equal((503, "timed_out"), (reply.Status, reply.Response.Headers.GetValues("X-Gateway-Error").Single())));
        Assert.Contains(few, reply => reply.Json!["detail"]!.GetValue<string>() ==
            "2 of 3 rollouts of this prompt came within 5000 ms; send all of them, or set Gateway:NemoGym:RolloutsPerPrompt to as many as there are.");
        Assert.Equal([0, 0.5, 1], all.Select(reply => reply.Json!["reward"]!.GetValue<double>()));
        await Eventually.TrueAsync(() => (judge.Gateway.Admission.Items, judge.Gateway.Admission.Bytes) == (0, 0), "the request that was answered gives its places back");
    }

    [Fact]
    public async Task Verify_CohortThatIsNotDecided_FailsItsUndecidedRollouts()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Pairwise), _ => """{"explanation": "the first", "better": "1"}""", ("Gateway:NemoGym:RolloutsPerPrompt", "2"));

        var replies = await Task.WhenAll(judge.Gateway.PostAsync("/verify", Rollout("a")), judge.Gateway.PostAsync("/verify", Rollout("bb")));

        Assert.All(replies, reply =>
        {
            Assert.Equal((422, "judge_refused"), (reply.Status, reply.Response.Headers.GetValues("X-Gateway-Error").Single()));
            Assert.Equal("""{"detail":"$.response: the judge came to no verdict: No comparison of this response was decided."}""", reply.Json!.ToJsonString());
        });
    }

    [Fact]
    public async Task Verify_PointwiseModel_WaitsForNobody()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:NemoGym:RolloutsPerPrompt", "8"));

        var (status, reply, _) = await gateway.PostAsync("/verify", Rollout("xyz"));

        Assert.Equal((200, 3.0), (status, reply!["reward"]!.GetValue<double>()));
    }

    [Fact]
    public async Task AnyRoute_OfAClientThatObservesItsRollouts_IsTheSame()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, reply, _) = await gateway.PostAsync("/ng-rollout/12-0-a1/verify", Rollout("xyz"));
        var (seeded, _, _) = await gateway.PostAsync("/ng-rollout/12-0/seed_session", Rollout("x"));

        Assert.Equal((200, 3.0, 200), (status, reply!["reward"]!.GetValue<double>(), seeded));
    }

    [Fact]
    public async Task SeedSessionAndReverifyMode_AnswerWhatAgentsAsk()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, reply, _) = await gateway.PostAsync("/seed_session", Rollout("x"));

        Assert.Equal((200, "{}"), (status, reply!.ToJsonString()));
        Assert.Equal("\"stateless\"", await gateway.Http.GetStringAsync("/reverify_mode", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Verify_ManyFields_AreTakenInDepthAndRefusedAtTheTop()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Limits:ResponsesPerRequest", "1"));
        string Fields(int count) => string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"f{i}\": [{{}}, \"x\"]"));

        var (deep, reply, _) = await gateway.PostAsync("/verify", Rollout("xyz", $"\"trace\": {{{Fields(20_000)}}}"));
        var (top, refused, _) = await gateway.PostAsync("/verify", Rollout("xyz", Fields(5_000)));

        Assert.Equal((200, 3.0, 20_000), (deep, reply!["reward"]!.GetValue<double>(), reply["trace"]!.AsObject().Count));
        Assert.Equal((400, "The rollout has more than 4096 fields; put them together in fewer."), (top, refused!["detail"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Verify_HugeRollout_ComesBackAsItWas()
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model);
        var ids = string.Join(',', Enumerable.Range(0, 500_000));

        var (_, reply, _) = await gateway.PostAsync("/verify", Rollout(new string('x', 5_000_000), $"\"prompt_token_ids\": [{ids}]"));

        Assert.Equal(5_000_000, reply!["reward"]!.GetValue<double>());
        Assert.Equal($"[{ids}]", reply["prompt_token_ids"]!.ToJsonString());
    }

    private static string Comparison(IEnumerable<string> responses, string? principle = null, string prompt = "Why?") => JsonSerializer.Serialize(new
    {
        conversation_history = new[] { new { role = "user", content = prompt } },
        response_objs = responses.Select(text => new { output = new[] { new { type = "message", content = new[] { new { type = "output_text", text } } } } }),
        principle,
    });

    private static string Rollout(string text, string more = "") =>
        $$"""
        {"responses_create_params": {"input": [{"role": "user", "content": "What is 2 + 2?"}]},
         "response": {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "{{text}}", "annotations": []}]}]}{{(more.Length > 0 ? ", " + more : "")}}}
        """;

    private static async Task<JsonNode> PostAsync(JudgeGateway judge, string rollout, string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/verify") { Content = new StringContent(rollout), Headers = { { header, value } } };
        using var response = await judge.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
    }

    private static double[] Rewards(JsonNode? reply) => [.. reply!["rewards"]!.AsArray().Select(reward => reward!.GetValue<double>())];

    private static (string, double)[] Metrics(JsonNode? reply) => [.. reply!["metrics"]!.AsObject().Select(metric => (metric.Key, metric.Value!.GetValue<double>()))];
}
