using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Client;
using Gateway.Server.Tests.Caching;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary><c>POST /v1/criteria</c> gives what scoring goes by, and whichever of the two comes first makes the one call.</summary>
public sealed class CriteriaRouteTests
{
    private const string Style = """{"kind": "criteria"}""";
    private const string Answers = """{"why c1": "it is", "c1": "yes", "why c2": "it is not", "c2": "no"}""";
    private const string One = """{"prompt": "THE PROMPT"}""";

    private int _written;

    [Fact]
    public async Task Criteria_ThenScore_AreTheSameByOneCall()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Style), Answer, ("Gateway:Models:judge:Prices:PromptPerMillion", "10000"));

        var (status, first) = await PostAsync(judge, One);
        var (_, scored) = await judge.ScoreAsync(Group("THE PROMPT", 3));
        var (_, again) = await PostAsync(judge, One);

        Assert.Equal(200, status);
        var expected = JsonNode.Parse("""
            [{"name": "right", "question": "Is it right, 1?", "weight": 3, "choices": ["no", "yes"], "pitfall": false},
             {"name": "rude", "question": "Is it rude?", "weight": 1, "choices": ["no", "yes"], "pitfall": true}]
            """);
        Assert.True(JsonNode.DeepEquals(expected, Only(first)["criteria"]), first.ToJsonString());
        Assert.Equal(
            ("judge", "ok", "judge", null, null, null),
            (Text(first, "model"), Text(Only(first), "status"), Text(Only(first), "generator"), Only(first)["fallback"], Only(first)["error"], Only(first)["id"]));
        Assert.Equal((false, true), (Cached(first), Cached(again)));
        Assert.Equal(Text(first, "revision"), Text(scored, "revision"));
        Assert.All(scored["results"]![0]!["scores"]!.AsArray(), score => Assert.Equal(Digest(first), score!["judgement"]!["criteria_digest"]!.GetValue<string>()));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"prompt_tokens": 100, "cached": 0, "failed": 0, "judge_calls": 1, "judge_prompt_tokens": 100, "judge_completion_tokens": 20, "cost": 1}"""),
            first["usage"]), first.ToJsonString());
        Assert.Equal((0, 1), (again["usage"]!["judge_calls"]!.GetValue<int>(), again["usage"]!["cached"]!.GetValue<int>()));
        Assert.Single(judge.Asked, Writes);
    }

    [Fact]
    public async Task Score_ThenCriteria_MakesNoSecondCall()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);

        await judge.ScoreAsync(Group("THE PROMPT", 1));
        var (_, reply) = await PostAsync(judge, One);

        Assert.True(Cached(reply));
        Assert.Single(judge.Asked, Writes);
    }

    [Fact]
    public async Task Criteria_MessagesAndPrinciples_AreThoseThatScoringGoesBy()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);
        object Item(object? principle, bool responses) => new
        {
            messages = new[] { new { role = "system", content = "Be brief." }, new { role = "user", content = "THE PROMPT" } },
            principle,
            criteria = responses ? new { generate = true } : null,
            responses = responses ? new[] { "RESPONSE" } : null,
        };
        object?[] principles = [null, "helpfulness", new { text = "BE-KIND" }];

        var (_, asked) = await PostAsync(judge, new { items = principles.Select(principle => Item(principle, responses: false)) });
        var (_, scored) = await judge.ScoreAsync(JsonSerializer.Serialize(new { items = principles.Select(principle => Item(principle, responses: true)) }, Sparse));

        Assert.Equal(3, judge.Asked.Count(Writes));
        Assert.Equal(3, asked["results"]!.AsArray().Select(one => Text(one!, "digest")).Distinct().Count());
        Assert.Equal(
            asked["results"]!.AsArray().Select(one => Text(one!, "digest")),
            scored["results"]!.AsArray().Select(item => item!["scores"]![0]!["judgement"]!["criteria_digest"]!.GetValue<string>()));
    }

    [Fact]
    public async Task CriteriaAndScores_OfTwoReplicasOnOneRedis_AreOfOneCall()
    {
        SomeRedis.RequireRedis();
        await using var redis = await RedisServer.StartAsync();
        (string, string)[] settings = [("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:Texts:RedisMs", "20000")];
        await using var one = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer, settings);
        await using var other = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer, settings);

        var (_, first) = await PostAsync(one, One);
        var (_, scored) = await other.ScoreAsync(Group("THE PROMPT", 2));
        var (_, second) = await PostAsync(other, One);
        var digests = await Task.WhenAll(Enumerable.Range(0, 32).Select(async caller =>
        {
            var gateway = caller % 2 == 0 ? one : other;
            return caller % 4 < 2
                ? Digest((await PostAsync(gateway, """{"prompt": "ANOTHER PROMPT"}""")).Json)
                : (await gateway.ScoreAsync(Group("ANOTHER PROMPT", 1, caller))).Json["results"]![0]!["scores"]![0]!["judgement"]!["criteria_digest"]!.GetValue<string>();
        }));

        Assert.Equal((false, true), (Cached(first), Cached(second)));
        Assert.Equal([Digest(first), Digest(first)], scored["results"]![0]!["scores"]!.AsArray().Select(score => score!["judgement"]!["criteria_digest"]!.GetValue<string>()));
        Assert.Single(digests.Distinct());
        Assert.Equal(2, one.Asked.Concat(other.Asked).Count(Writes));
    }

    [Fact]
    public async Task Criteria_Only_AsksNobody()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);

        var (missing, none) = await PostAsync(judge, """{"prompt": "THE PROMPT", "options": {"cache": "only"}}""");
        await PostAsync(judge, One);
        var (stored, some) = await PostAsync(judge, """{"items": [{"prompt": "THE PROMPT"}, {"id": "b", "prompt": "ANOTHER"}], "options": {"cache": "only"}}""");

        Assert.Equal((404, "not_cached"), (missing, Text(Only(none)["error"]!, "kind")));
        Assert.Equal((200, "ok", "failed", "b"), (stored, Text(Only(some), "status"), Text(some["results"]![1]!, "status"), Text(some["results"]![1]!, "id")));
        Assert.Equal((1, 1), (some["usage"]!["cached"]!.GetValue<int>(), some["usage"]!["failed"]!.GetValue<int>()));
        Assert.Single(judge.Asked);
    }

    [Fact]
    public async Task Criteria_Off_AreThisCallsAlone()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);

        var (_, before) = await PostAsync(judge, One);
        var (_, off) = await PostAsync(judge, """{"prompt": "THE PROMPT", "options": {"cache": "off"}}""");
        var (_, after) = await PostAsync(judge, One);

        Assert.NotEqual(Digest(before), Digest(off));
        Assert.Equal(Digest(before), Digest(after));
        Assert.Equal((false, true), (Cached(off), Cached(after)));
        Assert.Equal(2, judge.Asked.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Criteria_Refresh_AreEverybodysFromThenOn(bool shared)
    {
        (string, string)[] settings = [];
        await using var redis = shared ? await RedisAsync() : null;
        if (redis is not null)
        {
            settings = [("Gateway:Cache:Redis", redis.Address), ("Gateway:Cache:Texts:RedisMs", "20000")];
        }

        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer, settings);
        var (_, before) = await PostAsync(judge, One);
        var (_, refreshed) = await PostAsync(judge, """{"prompt": "THE PROMPT", "options": {"cache": "refresh"}}""");
        var (_, after) = await PostAsync(judge, One);
        var (_, scored) = await judge.ScoreAsync(Group("THE PROMPT", 1));

        Assert.NotEqual(Digest(before), Digest(refreshed));
        Assert.Equal((Digest(refreshed), false, true), (Digest(after), Cached(refreshed), Cached(after)));
        Assert.Equal(Digest(refreshed), scored["results"]![0]!["scores"]![0]!["judgement"]!["criteria_digest"]!.GetValue<string>());
        Assert.Equal(2, judge.Asked.Count(Writes));
        if (shared)
        {
            // One that has nothing in its own memory.
            await using var other = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer, settings);
            Assert.Equal(Digest(refreshed), Digest((await PostAsync(other, """{"prompt": "THE PROMPT", "options": {"cache": "only"}}""")).Json));
        }
    }

    [Fact]
    public async Task Criteria_CacheControl_SaysTheSameAsTheOption()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/models/judge/v1/criteria") { Content = new StringContent(One), Headers = { { "Cache-Control", "only-if-cached" } } };

        using var reply = await judge.Gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)reply.StatusCode);
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Criteria_OneOfManyCannotBeHad_FailsAlone()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, """ "repairs": 0 """), asked => asked.Contains("BROKEN", StringComparison.Ordinal) ? "no" : Answer(asked));

        var (status, reply) = await PostAsync(judge, """{"items": [{"prompt": "fine"}, {"prompt": "BROKEN"}, {"prompt": "fine"}]}""");
        var (all, failed) = await PostAsync(judge, """{"prompt": "BROKEN"}""");

        Assert.Equal((200, 502), (status, all));
        Assert.Equal(["ok", "failed", "ok"], reply["results"]!.AsArray().Select(one => Text(one!, "status")));
        Assert.Equal(("judge_unreadable", 0), (Text(reply["results"]![1]!["error"]!, "kind"), reply["results"]![1]!["criteria"]!.AsArray().Count));
        Assert.Equal(Text(reply["results"]![0]!, "digest"), Text(reply["results"]![2]!, "digest"));
        Assert.Equal("judge_unreadable", Text(Only(failed)["error"]!, "kind"));
        // Both prompts that are alike by one call, and the broken one twice.
        Assert.Equal(3, judge.Asked.Length);
    }

    [Fact]
    public async Task Criteria_Fallback_SaysSoAndGivesTheRubric()
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Style, """ "repairs": 0, "criteria_fallback": "rubric", "rubric": {"criteria": [{"name": "kind", "question": "Is it kind?", "choices": ["no", "partly", "yes"]}]} """),
            _ => "no");

        var (status, reply) = await PostAsync(judge, One);

        Assert.Equal((200, "ok", "rubric"), (status, Text(Only(reply), "status"), Text(Only(reply), "fallback")));
        Assert.Equal((null, null, false), (Only(reply)["digest"], Only(reply)["generator"], Cached(reply)));
        Assert.Equal(["no", "partly", "yes"], Only(reply)["criteria"]![0]!["choices"]!.AsArray().Select(choice => choice!.GetValue<string>()));
        Assert.Equal(404, (await PostAsync(judge, """{"prompt": "THE PROMPT", "options": {"cache": "only"}}""")).Status);
    }

    [Fact]
    public async Task Criteria_JudgeThatWritesAScale_GivesItAndScoresByIt()
    {
        const string Scale = """{"explanation": "The sum decides.", "descriptions": ["no sum", "wrong", "right", "with a reason", "with a sound reason"]}""";
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "rubric"}""", """ "rubric": {"generate": true}"""),
            asked => asked.Contains("what each score from 1 to 5 means", StringComparison.Ordinal) ? Scale : """{"explanation": "x", "score": 4}""");

        var (status, first) = await PostAsync(judge, One);
        var (_, scored) = await judge.ScoreAsync("""{"prompt": "THE PROMPT", "response": "r"}""");
        var (_, own) = await PostAsync(judge, """{"prompt": "THE PROMPT", "principle": {"text": "Be kind.", "rubric": {"scale": {"lowest": 0, "highest": 3}}}}""");

        Assert.Equal((200, 0, 0), (status, Only(first)["criteria"]!.AsArray().Count, Only(first)["context"]!.AsArray().Count));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"lowest": 1, "highest": 5, "descriptions": ["no sum", "wrong", "right", "with a reason", "with a sound reason"]}"""), Only(first)["scale"]), first.ToJsonString());
        Assert.Equal(("judge", Digest(first)), (Text(Only(first), "generator"), scored["results"]![0]!["scores"]![0]!["judgement"]!["criteria_digest"]!.GetValue<string>()));
        // Where the item's principle brings a scale nothing is written.
        Assert.Equal(("ok", 0, 3, null, null), (Text(Only(own), "status"), Only(own)["scale"]!["lowest"]!.GetValue<int>(), Only(own)["scale"]!["highest"]!.GetValue<int>(), Only(own)["digest"], Only(own)["generator"]));
        Assert.Equal(2, judge.Asked.Length);
    }

    [Theory]
    [InlineData("""{"questions": [{"question": "For whom?", "answers": ["a child", "an expert"]}, {"question": "How long?", "answers": ["brief", "long"]}]}""", 2)]
    [InlineData("""{"questions": []}""", 0)]
    public async Task Criteria_JudgeThatAsksBack_GivesTheQuestionsWithTheAnswersThatItJudgesWith(string questions, int open)
    {
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "rubric"}""", """ "context": "required" """),
            asked => asked.Contains("What would you have to ask back", StringComparison.Ordinal) ? questions : """{"explanation": "x", "score": 4}""");

        var (status, first) = await PostAsync(judge, One);
        var (_, scored) = await judge.ScoreAsync("""{"prompt": "THE PROMPT", "response": "r"}""");

        var context = Only(first)["context"]!.AsArray();
        Assert.Equal((200, "ok", "judge", null, open), (status, Text(Only(first), "status"), Text(Only(first), "generator"), Only(first)["scale"], context.Count));
        Assert.All(context, one => Assert.Contains($"\n- {Text(one!, "question")} {Text(one!, "answer")}\n", judge.Asked[^1], StringComparison.Ordinal));
        Assert.Equal(Digest(first), scored["results"]![0]!["scores"]![0]!["judgement"]!["criteria_digest"]!.GetValue<string>());
        Assert.Equal(2, judge.Asked.Length);
    }

    [Fact]
    public async Task Criteria_OptionalContextThatCannotBeHad_SaysSo()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "rubric"}""", """ "repairs": 0, "context": "optional" """), _ => "no");

        var (status, reply) = await PostAsync(judge, One);

        Assert.Equal((200, "without context", null, null), (status, Text(Only(reply), "fallback"), Only(reply)["digest"], Only(reply)["generator"]));
    }

    [Fact]
    public async Task Criteria_MoreThanTheHouseHolds_AreRefusedAndPlacesComeBack()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest(Style),
            async (http, asked) =>
            {
                await release.Task;
                await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Answer(asked)));
            },
            ("Gateway:Limits:ItemsInFlight", "3"), ("Gateway:Limits:ResponsesPerRequest", "3"));
        var two = new { items = new[] { new { prompt = "a" }, new { prompt = "b" } } };

        var waits = PostAsync(judge, two);
        await Eventually.TrueAsync(() => judge.Asked.Length == 2, "both are asked for");
        var (full, problem) = await PostAsync(judge, new { items = new[] { new { prompt = "c" }, new { prompt = "d" } } });
        release.SetResult();

        Assert.Equal((429, "overloaded"), (full, Text(problem, "kind")));
        Assert.Equal(200, (await waits).Status);
        Assert.Equal(200, (await PostAsync(judge, new { items = new[] { new { prompt = "c" }, new { prompt = "d" }, new { prompt = "e" } } })).Status);
        Assert.Equal(5, judge.Asked.Length);
    }

    [Fact]
    public async Task Criteria_DeadlinePasses_FailsTheCallerAndGoesOnForWhoWaits()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), async (http, asked) =>
        {
            await release.Task;
            await ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Answer(asked)));
        });

        var waits = PostAsync(judge, One);
        await Eventually.TrueAsync(() => judge.Asked.Length == 1, "the judge is asked");
        var (status, reply) = await PostAsync(judge, """{"prompt": "THE PROMPT", "options": {"timeout_ms": 50}}""");
        release.SetResult();

        Assert.Equal((504, "timed_out"), (status, Text(Only(reply)["error"]!, "kind")));
        Assert.Equal(200, (await waits).Status);
        Assert.Single(judge.Asked);
    }

    [Theory]
    [InlineData("{}", "$.prompt")]
    [InlineData("""{"prompt": ""}""", "$.prompt")]
    [InlineData("""{"prompt": "p", "messages": [{"role": "user", "content": "x"}]}""", "$.prompt")]
    [InlineData("""{"messages": []}""", "$.messages")]
    [InlineData("""{"prompt": "p", "response": "r"}""", "$.response")]
    [InlineData("""{"prompt": "p", "responses": ["r"]}""", "$.responses")]
    [InlineData("""{"items": []}""", "$.items")]
    [InlineData("""{"items": [null]}""", "$.items[0]")]
    [InlineData("""{"items": [{"prompt": "p"}], "prompt": "p"}""", "$.items")]
    [InlineData("""{"items": [{"prompt": "p"}], "responses": ["r"]}""", "$.responses")]
    [InlineData("""{"items": [{"prompt": "p"}, {"prompt": "p", "responses": ["r"]}]}""", "$.items[1].responses")]
    [InlineData("""{"items": [{"prompt": "p", "reference": "r"}]}""", "$.items[0].reference")]
    [InlineData("""{"items": [{"prompt": "p", "criteria": {"generate": true}}]}""", "$.items[0].criteria")]
    [InlineData("""{"items": [{"prompt": "p", "rubric": "concise"}]}""", "$.items[0].rubric")]
    [InlineData("""{"items": [{"id": "a", "prompt": "p"}, {"id": "a", "prompt": "p"}]}""", "$.items[1].id")]
    [InlineData("""{"prompt": "p", "principle": {"txt": "x"}}""", "$.principle.txt")]
    [InlineData("""{"prompt": "p", "options": {"cache": "always"}}""", "$.options.cache")]
    [InlineData("""{"prompt": "p", "options": {"timeout_ms": 0}}""", "$.options.timeout_ms")]
    [InlineData("""{"prompt": "p", "options": {"explain": true}}""", "$.options")]
    [InlineData("""{"prompt": "p", "options": {"controls": "on"}}""", "$.options")]
    [InlineData("""{"prompt": "p", "options": {"hardening": "strict"}}""", "$.options")]
    [InlineData("""{"prompt": "p", "colour": "red"}""", "$.colour")]
    public async Task Criteria_WrongRequest_IsRefusedByPathAndAsksNobody(string body, string path)
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);

        var (status, problem) = await PostAsync(judge, body);

        Assert.Equal(400, status);
        Assert.Contains(path, problem["errors"]!.AsArray().Select(error => Text(error!, "path")));
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Criteria_UnknownPrincipleOrModel_IsNotFound()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), Answer);

        Assert.Equal((404, "unknown_principle"), Kind(await PostAsync(judge, """{"prompt": "p", "principle": "concsie"}""")));
        Assert.Equal((404, "unknown_model"), Kind(await PostAsync(judge, """{"model": "nobody", "prompt": "p"}""")));
        Assert.Empty(judge.Asked);
    }

    [Fact]
    public async Task Criteria_ModelThatGeneratesNone_IsRefusedByName()
    {
        await using var verifier = await JudgeGateway.StartAsync(JudgeGateway.Manifest("""{"kind": "verifier"}"""), Answer);
        await using var scalar = TestGateway.With(new ScriptedModel());

        var (status, problem) = await PostAsync(verifier, One);
        var (other, _, _) = await scalar.PostAsync("/v1/criteria", One);

        Assert.Equal((400, "unsupported_field", "$.model"), (status, Text(problem, "kind"), Text(problem["errors"]![0]!, "path")));
        Assert.Equal("$.model: judge generates nothing for a prompt; name a judge of a style that goes by criteria.", Text(problem, "detail"));
        Assert.Equal(400, other);
    }

    [Fact]
    public async Task Score_ResponseThatForesaysTheCriteria_KeepsNobodyFromThem()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style), asked => Writes(asked) ? Criteria(1) : Answers);

        var (status, reply) = await judge.ScoreAsync(new { items = new[] { new { prompt = "THE PROMPT", reference = Criteria(1), criteria = new { generate = true }, responses = new[] { Criteria(1) } } } });

        Assert.Equal((200, 1.0), (status, reply["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>()));
    }

    [Fact]
    public async Task Client_GetsEveryField()
    {
        await using var judge = await JudgeGateway.StartAsync(JudgeGateway.Manifest(Style, """ "repairs": 0 """), asked => asked.Contains("BROKEN", StringComparison.Ordinal) ? "no" : Answer(asked));
        var client = new GatewayClient(judge.Gateway.Http);

        var reply = await client.GetCriteriaAsync(
            new CriteriaCall
            {
                Model = "judge",
                Items =
                [
                    new CriteriaCallItem { Id = "a", Messages = [new ChatMessage("user", "u")], Principle = JsonElement.Parse("\"helpfulness\"") },
                    new CriteriaCallItem { Prompt = "BROKEN" },
                ],
                Options = new CriteriaCallOptions { Cache = "refresh", TimeoutMs = 60_000 },
            },
            TestContext.Current.CancellationToken);
        var shortForm = await client.GetCriteriaAsync(new CriteriaCall { Prompt = "p", Principle = JsonElement.Parse("""{"text": "x"}""") }, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<GatewayCallException>(() => client.GetCriteriaAsync(new CriteriaCall { Prompt = "" }, TestContext.Current.CancellationToken));

        Assert.Equal(("judge", "a", "ok", "judge"), (reply.Model, reply.Results[0].Id, reply.Results[0].Status, reply.Results[0].Generator));
        Assert.Equal(("right", 3.0, true), (reply.Results[0].Criteria[0].Name, reply.Results[0].Criteria[0].Weight, reply.Results[0].Criteria[1].Pitfall));
        Assert.Equal(("failed", "judge_unreadable"), (reply.Results[1].Status, reply.Results[1].Error!.Kind));
        Assert.Equal((1, 1, 0), (reply.Usage.JudgeCalls, reply.Usage.Failed, reply.Usage.Cached));
        Assert.Equal(64, shortForm.Results.Single().Digest!.Length);
        Assert.Equal("invalid_request", refused.Problem!.Kind);
    }

    private static async Task<RedisServer> RedisAsync()
    {
        SomeRedis.RequireRedis();
        return await RedisServer.StartAsync();
    }

    private static async Task<(int Status, JsonNode Json)> PostAsync(JudgeGateway judge, object body)
    {
        var (status, json, _) = await judge.Gateway.PostAsync("/v1/criteria", body as string ?? JsonSerializer.Serialize(body, Sparse));
        return (status, json!);
    }

    private static readonly JsonSerializerOptions Sparse = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull };

    // Every generation has other criteria, so that it shows which ones came.
    private string Answer(string asked) => Writes(asked) ? Criteria(Interlocked.Increment(ref _written)) : Answers;

    private static string Criteria(int number) =>
        $$"""{"criteria": [{"name": "right", "question": "Is it right, {{number}}?", "weight": 3, "pitfall": false}, {"name": "rude", "question": "Is it rude?", "weight": 1, "pitfall": true}]}""";

    private static bool Writes(string asked) => asked.Contains("Write three to eight criteria", StringComparison.Ordinal);

    private static object Group(string prompt, int responses, int caller = 0) => new
    {
        items = new[] { new { prompt, criteria = new { generate = true }, responses = Enumerable.Range(0, responses).Select(i => $"RESPONSE {caller} {i}") } },
    };

    private static JsonNode Only(JsonNode reply) => reply["results"]![0]!;

    private static string Digest(JsonNode reply) => Text(Only(reply), "digest");

    private static bool Cached(JsonNode reply) => Only(reply)["cached"]!.GetValue<bool>();

    private static (int, string) Kind((int Status, JsonNode Json) reply) => (reply.Status, Text(reply.Json, "kind"));

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
}
