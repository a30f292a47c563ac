using System.Text.Json.Nodes;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What engines and what is between them and us can do wrong: always a failure that says so, never a number, never judged text in a message.</summary>
public sealed class EngineFaultTests
{
    private const string Secret = "The quick judged secret jumps over it.";

    // Of those kinds whose engines tell which model answered.
    private static readonly string[] NamedModels = ["vllm-classify", "vllm-pooling", "vllm-pooling steps", "vllm-score", "openinference"];

    public static TheoryData<string> All =>
    [
        "vllm-classify", "vllm-pooling", "vllm-pooling steps", "vllm-score", "sglang-classify", "sglang-embeddings", "tei-predict", "llamacpp-rerank", "openrlhf", "openinference",
    ];

    public static TheoryData<string> OneNumber => [.. All.Select(row => row.Data).Where(kind => kind != "vllm-pooling steps")];

    public static TheoryData<string> WithIndex => [.. All.Select(row => row.Data).Where(kind => RemoteModel.Engine(kind).HasIndex)];

    public static TheoryData<string> WithNamedModel => [.. NamedModels];

    public static TheoryData<string, int, ErrorKind> Statuses
    {
        get
        {
            var data = new TheoryData<string, int, ErrorKind>();
            foreach (var kind in All.Select(row => row.Data))
            {
                foreach (var (status, error) in ((int, ErrorKind)[])
                    [(400, ErrorKind.Rejected), (401, ErrorKind.UpstreamFailed), (404, ErrorKind.UpstreamFailed), (413, ErrorKind.InputTooLong),
                    (422, ErrorKind.Rejected), (424, ErrorKind.UpstreamFailed), (429, ErrorKind.Overloaded), (500, ErrorKind.UpstreamFailed),
                    (501, ErrorKind.UpstreamFailed), (503, ErrorKind.NotReady)])
                {
                    data.Add(kind, status, error);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public async Task Score_AnErrorInTheEnginesShape_IsAFailureWithItsWords(string kind, int status, ErrorKind expected)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = Always(http => ScriptedUpstream.JsonAsync(http, status, engine.Error(status, "kaputt today")));
        await using var model = await RemoteModel.StartAsync(engine, settings: [("Gateway:Clusters:c:Retries", "0")]);

        var failure = Failed(Assert.Single(await model.ScoreAsync(Secret)));

        Assert.Equal(expected, failure.Kind);
        Assert.Contains($"{status}", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Kind == ErrorKind.Overloaded || status == 503 || failure.Message.Contains("kaputt today", StringComparison.Ordinal), failure.Message);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_AnErrorThatQuotesTheText_IsToldWithoutIt(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = Always(http => ScriptedUpstream.JsonAsync(http, 400, engine.Error(400, $"cannot read input_value='{Secret}', got str")));
        await using var model = await RemoteModel.StartAsync(engine);

        Assert.Contains("may repeat the text", Failed(Assert.Single(await model.ScoreAsync(Secret))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_TooLongForTheEngine_IsInputTooLong(string kind)
    {
        await using var model = await RemoteModel.StartAsync(RemoteModel.Engine(kind));

        Assert.Equal(ErrorKind.InputTooLong, Failed(Assert.Single(await model.ScoreAsync(ScriptedEngine.Poison))).Kind);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_HalfTheBatchIsRefused_TheOtherHalfIsScored(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine);
        var alone = (await model.ScoreAsync("a0", "a2", "a4", "a6", "a8")).Select(result => result.Score!.Value).ToArray();

        var results = await model.ScoreAsync([.. Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? $"a{i}" : $"{ScriptedEngine.Poison} {i}")]);

        Assert.Equal(alone, results.Where((_, i) => i % 2 == 0).Select(result => result.Score!.Value));
        Assert.All(results.Where((_, i) => i % 2 == 1), result => Assert.Equal(ErrorKind.InputTooLong, Failed(result).Kind));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_EverythingIsRefused_SendsNoTextMoreThanTwiceAndNotForEver(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = Always(http => ScriptedUpstream.JsonAsync(http, 400, engine.Error(400, "never")));
        await using var model = await RemoteModel.StartAsync(engine, Keys(engine, """{"batch": 4}"""));

        var results = await model.ScoreAsync([.. Enumerable.Range(0, 1000).Select(i => $"a{i}")]);

        // Sent alone a text is known to be the cause; in a batch it is not.
        Assert.Equal(512, results.Count(result => Failed(result).Kind == ErrorKind.Rejected));
        Assert.All(results, result => Assert.True(Failed(result).Kind is ErrorKind.Rejected or ErrorKind.UpstreamFailed));
        Assert.InRange(engine.Upstream.Seen.Count, 250, 250 + 512);
    }

    [Theory]
    [MemberData(nameof(All))]
    public Task Score_APageInThePlaceOfJson_IsAFailure(string kind) =>
        RefusesAsync(kind, http => ScriptedUpstream.TextAsync(http, 200, "<!DOCTYPE html><html><body>Welcome to nginx!</body></html>"), "a page and no JSON");

    [Theory]
    [MemberData(nameof(All))]
    public Task Score_APageAsAnError_IsAFailure(string kind) =>
        RefusesAsync(kind, http => ScriptedUpstream.TextAsync(http, 500, "<html><head><title>500 Internal Server Error</title></head></html>"), "a page and no JSON");

    [Theory]
    [MemberData(nameof(All))]
    public Task Score_AnEmptyBody_IsAFailure(string kind) => RefusesAsync(kind, http => ScriptedUpstream.JsonAsync(http, 200, " \n"), "it is empty");

    [Theory]
    [MemberData(nameof(All))]
    public Task Score_JsonThatEndsTooSoon_IsAFailure(string kind) => RefusesAsync(kind, http => ScriptedUpstream.JsonAsync(http, 200, """{"data": [{"index": 0, "sc"""), "no whole JSON");

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_AnErrorWithStatus200_IsAFailure(string kind)
    {
        await RefusesAsync(kind, http => ScriptedUpstream.JsonAsync(http, 200, """{"error": {"message": "m", "code": 500}}"""), "an error although");
        await RefusesAsync(kind, http => ScriptedUpstream.JsonAsync(http, 200, """{"object": "error", "message": "m"}"""), "an error although");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_JsonOfAnotherShape_IsAFailure(string kind)
    {
        foreach (var json in (string[])["{}", "[]", "[[]]", "7", "null", "\"x\"", """{"data": {}, "results": 7, "rewards": "x", "outputs": [7]}""", """{"data": [7], "results": ["x"], "rewards": [[1]], "outputs": [{}]}"""])
        {
            var engine = RemoteModel.Engine(kind);
            engine.Instead = Always(http => ScriptedUpstream.JsonAsync(http, 200, json));
            await using var model = await RemoteModel.StartAsync(engine);
            Failed(Assert.Single(await model.ScoreAsync(Secret)));
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_AConnectionThatBreaks_IsAFailure(string kind)
    {
        await RefusesAsync(kind, ScriptedUpstream.ResetAsync, "");
        await RefusesAsync(kind, http => ScriptedUpstream.CutMidBodyAsync(http, """{"data": ["""), "");
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_AnEngineThatHangs_TimesOut(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = Always(ScriptedUpstream.HangAsync);
        await using var model = await RemoteModel.StartAsync(engine, settings: [("Gateway:Clusters:c:TimeoutMs", "200")]);

        Assert.Equal(ErrorKind.UpstreamTimedOut, Failed(Assert.Single(await model.ScoreAsync(Secret))).Kind);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_AnEngineThatIsSlow_IsWaitedFor(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        var release = new TaskCompletionSource();
        engine.Instead = async http =>
        {
            await release.Task.WaitAsync(http.RequestAborted);
            return false;
        };
        await using var model = await RemoteModel.StartAsync(engine);

        var scoring = model.ScoreAsync("a", "b");
        await Eventually.TrueAsync(() => !engine.Upstream.Seen.IsEmpty, "the engine is asked");
        Assert.False(scoring.IsCompleted);
        release.SetResult();

        Assert.All(await scoring, result => Assert.True(result.IsScore, result.Failure?.Message));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_OneResultTooFewOrTooMany_IsAFailure(string kind)
    {
        await BentAsync(kind, entries => entries.RemoveAt(entries.Count - 1));
        await BentAsync(kind, entries => entries.Add(entries[0]!.DeepClone()));
    }

    [Theory]
    [MemberData(nameof(WithIndex))]
    public async Task Score_ResultsInAnotherOrder_ArePutBackByIndex(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine);
        var before = (await model.ScoreAsync("a", "b", "c", "d")).Select(result => result.Score!.Value).ToArray();
        Assert.Equal(4, before.Distinct().Count());
        engine.Bend = Entries(engine, entries =>
        {
            var (first, last) = (entries[0]!.DeepClone(), entries[^1]!.DeepClone());
            (entries[0], entries[^1]) = (last, first);
        });

        Assert.Equal(before, (await model.ScoreAsync("a", "b", "c", "d")).Select(result => result.Score!.Value));
    }

    [Theory]
    [MemberData(nameof(WithIndex))]
    public async Task Score_AnIndexThatIsTwiceThereOrMissingOrOutside_IsAFailure(string kind)
    {
        await BentAsync(kind, entries => entries[0]!["index"] = entries[1]!["index"]!.DeepClone());
        await BentAsync(kind, entries => entries[0]!.AsObject().Remove("index"));
        await BentAsync(kind, entries => entries[0]!["index"] = 4);
        await BentAsync(kind, entries => entries[0]!["index"] = -1);
        await BentAsync(kind, entries => entries[0]!["index"] = "0");
        await BentAsync(kind, entries => entries[0]!["index"] = 0.5);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_NoNumberForOneText_FailsThatTextAlone(string kind)
    {
        foreach (var odd in (JsonNode?[])[null, "0.5", "NaN", true, JsonNode.Parse("1e400"), JsonNode.Parse("[]"), JsonNode.Parse("{}")])
        {
            var engine = RemoteModel.Engine(kind);
            engine.Score = text => text.Contains("b1", StringComparison.Ordinal) ? odd?.DeepClone() : JsonValue.Create(TextScore.Of(text));
            await using var model = await RemoteModel.StartAsync(engine);

            var results = await model.ScoreAsync("a", "b1", "c");

            // A list where a number is due is a row per token to vLLM's pooling, which is the server's fault and not the text's.
            Assert.True(Failed(results[1]).Kind is ErrorKind.InvalidScore or ErrorKind.UpstreamFailed);
            Assert.True(results[0].IsScore, results[0].Failure?.Message);
            Assert.True(results[2].IsScore, results[2].Failure?.Message);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task Score_NaNAsPythonWritesIt_FailsThatTextAlone(string kind)
    {
        foreach (var word in (string[])["NaN", "Infinity", "-Infinity"])
        {
            var engine = RemoteModel.Engine(kind);
            engine.Score = text => text.Contains("b1", StringComparison.Ordinal) ? JsonValue.Create("@odd") : JsonValue.Create(TextScore.Of(text));
            engine.BendText = reply => reply.Replace("\"@odd\"", word, StringComparison.Ordinal);
            await using var model = await RemoteModel.StartAsync(engine);

            var results = await model.ScoreAsync("a", "b1", "c");

            Assert.Contains("NaN or Infinity", Failed(results[1]).Message, StringComparison.Ordinal);
            Assert.True(results[0].IsScore && results[2].IsScore);
        }
    }

    [Theory]
    [MemberData(nameof(OneNumber))]
    public async Task Score_ASentinel_FailsThatTextAlone(string kind)
    {
        foreach (var sentinel in (double[])[-1e6, -9999])
        {
            var engine = RemoteModel.Engine(kind);
            engine.Score = text => JsonValue.Create(text.Contains("b1", StringComparison.Ordinal) ? sentinel : TextScore.Of(text));
            await using var model = await RemoteModel.StartAsync(engine);

            var results = await model.ScoreAsync("a", "b1", "c");

            Assert.Contains("stands for a failure", Failed(results[1]).Message, StringComparison.Ordinal);
            Assert.True(results[0].IsScore && results[2].IsScore);
        }
    }

    [Theory]
    [MemberData(nameof(OneNumber))]
    public async Task Score_OnesForEveryText_AreRefused(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Score = _ => JsonValue.Create(1.0);
        await using var model = await RemoteModel.StartAsync(engine);

        var results = await model.ScoreAsync("a", "b", "c");

        Assert.All(results, result => Assert.Contains("softmax over one label", Failed(result).Message, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(OneNumber))]
    public async Task Score_ASilentSigmoid_IsRefusedOnceItCannotBeChance(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Score = text => JsonValue.Create((float)(1 / (1 + Math.Exp(-TextScore.Of(text)))));
        string[] texts = [.. Enumerable.Range(0, 400).Select(i => $"a{i}")];
        await using var model = await RemoteModel.StartAsync(engine);

        var results = await model.ScoreAsync(texts);
        Assert.Equal(400 - 31, results.Count(result => !result.IsScore));
        Assert.Contains("applies a sigmoid", Failed(Assert.Single(await model.ScoreAsync("another"))).Message, StringComparison.Ordinal);

        var bounded = RemoteModel.Engine(kind);
        bounded.Score = engine.Score;
        await using var declared = await RemoteModel.StartAsync(bounded, Keys(bounded, """{"unit_interval": true}"""));
        Assert.All(await declared.ScoreAsync(texts), result => Assert.True(result.IsScore, result.Failure?.Message));
    }

    [Theory]
    [MemberData(nameof(WithNamedModel))]
    public async Task Score_AnotherModelUnderTheSameAddress_IsRefused(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine);
        Assert.True(Assert.Single(await model.ScoreAsync("a")).IsScore);

        if (engine is VllmEngine vllm)
        {
            vllm.Served = "org/other";
        }
        else
        {
            ((OpenInferenceEngine)engine).Served = "other";
        }

        Assert.Contains("another model", Failed(Assert.Single(await model.ScoreAsync("a"))).Message, StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(string kind, RequestDelegate answer, string says)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = Always(answer);
        await using var model = await RemoteModel.StartAsync(engine, settings: [("Gateway:Clusters:c:Retries", "0")]);

        var failure = Failed(Assert.Single(await model.ScoreAsync(Secret)));

        Assert.Equal(ErrorKind.UpstreamFailed, failure.Kind);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
    }

    private static async Task BentAsync(string kind, Action<JsonArray> bend)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Bend = Entries(engine, bend);
        await using var model = await RemoteModel.StartAsync(engine);

        Assert.All(await model.ScoreAsync("a", "b", "c", "d"), result => Assert.Equal(ErrorKind.UpstreamFailed, Failed(result).Kind));
    }

    private static Func<JsonNode, JsonNode> Entries(ScriptedEngine engine, Action<JsonArray> bend) => reply =>
    {
        bend(engine.Entries(reply));
        return reply;
    };

    private static Func<HttpContext, Task<bool>> Always(RequestDelegate answer) => async http =>
    {
        await answer(http);
        return true;
    };

    private static string Keys(ScriptedEngine engine, string more)
    {
        var keys = JsonNode.Parse(engine.Manifest)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(more)!.AsObject())
        {
            keys[key] = value?.DeepClone();
        }

        return keys.ToJsonString();
    }

    private static Failure Failed(ScoreResult result)
    {
        Assert.False(result.IsScore, "There is a score.");
        Assert.StartsWith("remote: ", result.Failure!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("judged secret", result.Failure.Message, StringComparison.Ordinal);
        return result.Failure;
    }
}
