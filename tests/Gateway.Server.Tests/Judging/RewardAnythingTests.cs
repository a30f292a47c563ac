using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>RewardAnything's routes over judges; the shapes of requests and replies are in Samples.</summary>
public sealed class RewardAnythingTests
{
    private const string One = "/api/rewardanything";
    private const string Batch = "/api/rewardanything_batch";
    private const string Listwise = """{"kind": "listwise"}""";

    [Fact]
    public async Task Post_Listwise_IsTheJudgesVerdictUnderTheClientsIdsWhichItNeverSees()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Listwise), Listed);

        var (status, reply, response) = await judge.Gateway.PostAsync(One, Body([("gpt-4", "a"), ("claude", "ccc"), ("llama", "bb"), ("qwen", "dd")], "BE-LONG"));

        Assert.Equal(200, status);
        Assert.Equal(
            """{"thoughts":"longer","results":{"scores":{"gpt-4":1,"claude":3,"llama":2,"qwen":2},"best-to-worst":["claude","llama","qwen","gpt-4"]}}""", reply!.ToJsonString());
        Assert.Equal("judge", response.Headers.GetValues("X-Gateway-Model").Single());
        Assert.Contains("BE-LONG", Assert.Single(judge.Asked), StringComparison.Ordinal);
        Assert.DoesNotMatch("gpt-4|claude|llama|qwen", judge.Asked[0]);
        Assert.Equal(reply.ToJsonString(), (await judge.Gateway.PostAsync("/models/judge" + One, Body([("gpt-4", "a"), ("claude", "ccc"), ("llama", "bb"), ("qwen", "dd")], "BE-LONG"))).Json!.ToJsonString());
    }

    [Fact]
    public async Task Post_TrainedJudgesOwnFormat_GivesItsThinkingAsThoughts()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "listwise", "verdict": "reward-anything"}"""),
            asked => $"<think>\nb is longer\n</think>\n{Listed(asked).Replace("\"ranking\"", "\"best-to-worst\"", StringComparison.Ordinal)}");

        var (_, reply, _) = await judge.Gateway.PostAsync(One, Body([("a", "x"), ("b", "yy")]));

        Assert.Equal("""{"thoughts":"b is longer","results":{"scores":{"a":1,"b":2},"best-to-worst":["b","a"]}}""", reply!.ToJsonString());
    }

    [Fact]
    public async Task Post_AnyOrder_GivesEachIdItsOwnScoreAndRanksTiesByTheRequest()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Listwise), Listed);
        var random = new Random(5);
        var responses = Enumerable.Range(0, 12).Select(i => (Id: $"id-{i}", Text: new string((char)('a' + i), 1 + (i % 5)))).ToArray();

        for (var turn = 0; turn < 10; turn++)
        {
            random.Shuffle(responses);
            var (_, reply, _) = await judge.Gateway.PostAsync(One, Body(responses));

            var results = reply!["results"]!;
            Assert.Equal(responses.Select(one => (one.Id, (double)one.Text.Length)), results["scores"]!.AsObject().Select(score => (score.Key, score.Value!.GetValue<double>())));
            Assert.Equal(responses.OrderByDescending(one => one.Text.Length).Select(one => one.Id), results["best-to-worst"]!.AsArray().Select(id => id!.GetValue<string>()));
        }
    }

    [Fact]
    public async Task Post_PointwiseJudge_GivesItsWordsOnEachUnderItsId()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "rubric"}"""), asked => $$"""{"explanation": "said {{JudgeTexts.Of(asked)["response"]}}", "score": {{JudgeTexts.Of(asked)["response"].Length}}}""");

        var (_, reply, _) = await judge.Gateway.PostAsync(One, Body([("a", "x"), ("b", "yy")]));

        Assert.Equal("a: said x\n\nb: said yy", reply!["thoughts"]!.GetValue<string>());
        Assert.Equal("""{"scores":{"a":1,"b":2},"best-to-worst":["b","a"]}""", reply["results"]!.ToJsonString());
    }

    [Fact]
    public async Task Post_BatchAnsweredInAnotherOrder_IsInTheOrderOfItsRequests()
    {
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Listwise), async (http, asked) =>
        {
            if (asked.Contains("FIRST", StringComparison.Ordinal))
            {
                await last.Task;
            }

            await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Listed(asked)));
            if (asked.Contains("LAST", StringComparison.Ordinal))
            {
                last.SetResult();
            }
        });

        var (status, reply, _) = await judge.Gateway.PostAsync(Batch, $"[{Body([("a", "x"), ("b", "yy")], "FIRST")},{Body([("b", "zzz")], "NEXT")},{Body([("a", "xxxx"), ("c", "y")], "LAST")}]");

        Assert.Equal(200, status);
        Assert.Equal(
            ["""{"a":1,"b":2}""", """{"b":3}""", """{"a":4,"c":1}"""], reply!.AsArray().Select(one => one!["results"]!["scores"]!.ToJsonString()));
    }

    [Fact]
    public async Task Post_JudgeThatCannotBeRead_FailsTheCallNamingTheResponseAndNeverGivesANumber()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "rubric"}""", "\"repairs\": 0"), asked => asked.Contains("BROKEN", StringComparison.Ordinal) ? "no" : """{"explanation": "x", "score": 3}""");

        var (status, reply, response) = await judge.Gateway.PostAsync(One, Body([("a", "x"), ("b", "BROKEN")]));
        var (_, batch, _) = await judge.Gateway.PostAsync(Batch, $"[{Body([("a", "x")])},{Body([("c", "y"), ("d", "BROKEN")])}]");

        Assert.Equal((503, "judge_unreadable"), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.StartsWith("$.responses[\"b\"]: judge: ", Detail(reply), StringComparison.Ordinal);
        Assert.StartsWith("$[1].responses[\"d\"]: judge: ", Detail(batch), StringComparison.Ordinal);
        Assert.Equal(200, (await judge.Gateway.PostAsync(One, Body([("a", "x")]))).Status);
    }

    [Fact]
    public async Task Post_JudgeThatContradictsItself_FailsTheCallAndNeverFirstWins()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "pairwise"}"""), _ => """{"explanation": "x", "better": "1"}""");

        var (status, reply, _) = await judge.Gateway.PostAsync(One, Body([("a", "x"), ("b", "yy")]));

        Assert.Equal(422, status);
        Assert.StartsWith("$.responses[\"a\"]: the judge came to no verdict: ", Detail(reply), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(One)]
    [InlineData(Batch)]
    public async Task Post_ModelThatCannotUseAPrinciple_Is400AndAsksItNothing(string route)
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model);
        var body = Body([("a", "x")]);

        var (status, reply, response) = await gateway.PostAsync(route, route == One ? body : $"[{body}]");

        Assert.Equal((400, "unsupported_field"), (status, response.Headers.GetValues("X-Gateway-Error").Single()));
        Assert.Contains("scripted cannot use it", Detail(reply), StringComparison.Ordinal);
        Assert.Empty(model.Seen);
    }

    [Fact]
    public async Task Post_ManyCallersWithIdsOfTheirOwn_GetTheirOwn()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Listwise), Listed);

        var replies = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => judge.Gateway.PostAsync(
            i % 2 == 0 ? One : Batch,
            i % 2 == 0 ? Body([($"a{i}", "x"), ($"b{i}", "yy")], $"p{i / 4}") : $"[{Body([($"a{i}", "x"), ($"b{i}", "yy")], $"p{i / 4}")}]")));

        for (var i = 0; i < replies.Length; i++)
        {
            var own = i % 2 == 0 ? replies[i].Json! : replies[i].Json![0]!;
            Assert.Equal($$"""{"scores":{"a{{i}}":1,"b{{i}}":2},"best-to-worst":["b{{i}}","a{{i}}"]}""", own["results"]!.ToJsonString());
        }

        Assert.Equal(16, judge.Asked.Length);
    }

    [Theory]
    [InlineData(100_000, "$: 100000 responses; at most 16384 a request (Gateway:Limits:ResponsesPerRequest).")]
    [InlineData(300_000, "The body's lists hold far more entries than a request of 16384 responses (Gateway:Limits:ResponsesPerRequest); send fewer at a time.")]
    public async Task Post_TooManyResponses_Is400NamingTheLimit(int count, string why)
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Guidance = GuidanceFields.Principle });

        var (status, reply, _) = await gateway.PostAsync(One, Body(Enumerable.Range(0, count).Select(i => (i.ToString(CultureInfo.InvariantCulture), "x"))));

        Assert.Equal((400, why), (status, Detail(reply)));
    }

    [Fact]
    public async Task Post_HugeTextAndHugeId_AreScoredAndAHugePrincipleIsRefused()
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Guidance = GuidanceFields.Principle });
        var id = new string('i', 1_000_000);

        var (_, reply, _) = await gateway.PostAsync(One, Body([(id, new string('x', 20_000_000)), ("a", "x")]));
        var (status, refused, _) = await gateway.PostAsync(One, Body([("a", "x")], new string('p', 65_537)));

        Assert.Equal(20_000_000, reply!["results"]!["scores"]![id]!.GetValue<double>());
        Assert.Equal((400, "$.principle: it has 65537 characters; shorten it to 65536."), (status, Detail(refused)));
    }

    [Fact]
    public async Task Post_FailureUnderAHugeId_NamesItsBeginning()
    {
        await using var gateway = TestGateway.With(new ScriptedModel { Guidance = GuidanceFields.Principle, Answer = ScriptedModel.FailWhereAsked });

        var (_, reply, _) = await gateway.PostAsync(One, Body([(new string('i', 1_000_000), "fail model_failed")]));

        Assert.Equal($"$.responses[\"{new string('i', 200)}…\"]: scripted.", Detail(reply));
    }

    [Fact]
    public async Task Post_ClientLeaves_FreesThePermitsAndTheNextIsServed()
    {
        var model = new ScriptedModel { Guidance = GuidanceFields.Principle };
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = TestGateway.With(model);
        model.Before = cancellation =>
        {
            entered.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        };
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var content = new StringContent(Body([("a", "x")]));
        var call = gateway.Http.PostAsync(One, content, leaving.Token);
        await entered.Task.WaitAsync(TestContext.Current.CancellationToken);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await Eventually.TrueAsync(() => (gateway.Admission.Items, gateway.Admission.Bytes) == (0, 0), "all permits are free");
        model.Before = _ => Task.CompletedTask;
        Assert.Equal(200, (await gateway.PostAsync(One, Body([("a", "x")]))).Status);
    }

    private static string Body(IEnumerable<(string Id, string Text)> responses, string principle = "Prefer the longer one.")
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("principle", principle);
            json.WriteString("prompt", "Why?");
            json.WriteStartObject("responses");
            foreach (var (id, text) in responses)
            {
                json.WriteString(id, text);
            }

            json.WriteEndObject();
            json.WriteBoolean("mask_responses", true);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(body.ToArray());
    }

    private static string Detail(JsonNode? reply)
    {
        Assert.Equal(["detail"], reply!.AsObject().Select(field => field.Key));
        return reply["detail"]!.GetValue<string>();
    }

    private static string Listed(string asked)
    {
        var shown = JudgeTexts.Of(asked).Where(one => one.Key != "prompt").ToArray();
        return $$"""
            {"explanation": "longer", "scores": {{{string.Join(", ", shown.Select(one => $"\"{one.Key}\": {one.Value.Length}"))}}}, "ranking": [{{string.Join(", ", shown.OrderByDescending(one => one.Value.Length).Select(one => $"\"{one.Key}\""))}}]}
            """;
    }
}
