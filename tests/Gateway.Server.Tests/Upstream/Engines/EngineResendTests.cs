using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What is sent again and what is not; what an engine's reply may look like; and which texts share a call.</summary>
public sealed class EngineResendTests
{
    public static TheoryData<string, string> Roots
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var kind in EngineFaultTests.All.Select(row => row.Data))
            {
                foreach (var root in (string[])["[]", "\"x\"", "3", "null", "true"])
                {
                    data.Add(kind, root);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public async Task Score_ARootThatIsNoObject_IsAnUnreadableReply(string kind, string root)
    {
        await using var model = await StartAsync(RemoteModel.Engine(kind), 200, root);

        Assert.All(await model.ScoreAsync("a", "b"), result =>
        {
            Assert.Equal(ErrorKind.UpstreamFailed, result.Failure?.Kind);
            Assert.Contains("cannot be used", result.Failure!.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(true, 400, 1 + 10)]
    [InlineData(true, 422, 1 + 10)]
    [InlineData(true, 500, 1)]
    [InlineData(true, 424, 1)]
    [InlineData(false, 500, 1 + 2)]
    [InlineData(false, 400, 1 + 10)]
    public async Task Score_EveryTextIsRefused_IsSentAgainOnlyWhereNothingWasRun(bool billed, int status, int calls)
    {
        var engine = RemoteModel.Engine("vllm-classify");
        await using var model = await StartAsync(engine, status, engine.Error(status, "kaputt"), ("Gateway:Clusters:c:Billed", $"{billed}"));

        Assert.All(await model.ScoreAsync(Texts(10)), result => Assert.False(result.IsScore));

        Assert.Equal(calls, engine.Upstream.Seen.Count);
    }

    [Fact]
    public async Task Score_ABilledReplyWithNaN_IsNotPaidTwice()
    {
        var engine = RemoteModel.Engine("vllm-classify");
        await using var model = await StartAsync(engine, 200, """{"data": [{"index": 0, "probs": [NaN]}]}""", ("Gateway:Clusters:c:Billed", "true"));

        Assert.All(await model.ScoreAsync(Texts(10)), result => Assert.Equal(ErrorKind.UpstreamFailed, result.Failure?.Kind));

        Assert.Single(engine.Upstream.Seen);
    }

    [Theory]
    [InlineData("0", "0", 1)]
    [InlineData("3", "0", 1 + 3)]
    public async Task Score_OneTextBreaksTheEngine_IsSentAgainWithinTheRetryBudget(string floor, string percent, int calls)
    {
        var engine = RemoteModel.Engine("vllm-classify");
        engine.Instead = async http =>
        {
            var broken = SeenRequest.BodyOf(http).Contains("b9", StringComparison.Ordinal);
            await (broken ? ScriptedUpstream.JsonAsync(http, 500, engine.Error(500, "kaputt")) : Task.CompletedTask);
            return broken;
        };
        await using var model = await RemoteModel.StartAsync(
            engine, null, ("Gateway:Clusters:c:RetryFloor", floor), ("Gateway:Clusters:c:RetryPercent", percent));

        var results = await model.ScoreAsync(Texts(10));

        Assert.Equal(calls, engine.Upstream.Seen.Count);
        Assert.Equal(calls - 1, results.Count(result => result.IsScore));
    }

    [Theory]
    [InlineData("say \"please do it\" to me", "cannot read \"say \\\"please do it\\\" to me\"")]
    [InlineData("Nein", "bad word: nein")]
    [InlineData("?!?", "at ?!? no")]
    [InlineData("one\ntwo three four five", "unexpected: one two three four")]
    public async Task Score_AMessageThatMayQuote_IsLeftOut(string text, string message)
    {
        var engine = RemoteModel.Engine("openrlhf");
        await using var model = await StartAsync(engine, 400, engine.Error(400, message));

        var failure = Assert.Single(await model.ScoreAsync(text)).Failure!;

        Assert.Equal(ErrorKind.Rejected, failure.Kind);
        Assert.Contains("answered 400 with a message that may repeat the text", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm-classify", """{"data": [{"index": 0, "label": "good", "probs": [0.25, 0.75]}]}""")]
    [InlineData("vllm-pooling", """{"data": [{"index": 0, "data": [0.25, 0.75]}]}""")]
    [InlineData("sglang-classify", """[{"embedding": [0.25, 0.75]}]""")]
    [InlineData("sglang-embeddings", """{"data": [{"index": 0, "embedding": [0.25, 0.75]}]}""")]
    public async Task Score_LabelsThatSumToOne_AreRefusedAtTheFirstText(string kind, string reply)
    {
        const string Labels = """{"labels": ["bad", "good"], "label": "good", "max_tokens": 4096}""";
        await using var model = await StartAsync(RemoteModel.Engine(kind), 200, reply, Labels);
        var failure = Assert.Single(await model.ScoreAsync("x")).Failure;
        Assert.Equal(ErrorKind.InvalidScore, failure?.Kind);
        Assert.Contains("applies a softmax", failure!.Message, StringComparison.Ordinal);

        await using var logits = await StartAsync(RemoteModel.Engine(kind), 200, reply.Replace("0.25", "-2.5", StringComparison.Ordinal), Labels);
        Assert.Equal(0.75, Assert.Single(await logits.ScoreAsync("x")).Score?.Value);
        await using var declared = await StartAsync(RemoteModel.Engine(kind), 200, reply, Labels.Replace("{", """{"unit_interval": true, """, StringComparison.Ordinal));
        Assert.Equal(0.75, Assert.Single(await declared.ScoreAsync("x")).Score?.Value);
    }

    [Theory]
    [InlineData("INT64")]
    [InlineData("BOOL")]
    public async Task Score_JsonTensorOfNoFloats_IsAFailure(string type)
    {
        await using var model = await StartAsync(RemoteModel.Engine("openinference"), 200, Tensor(type));
        Assert.Contains("'datatype' is none of", Assert.Single(await model.ScoreAsync("x")).Failure!.Message, StringComparison.Ordinal);

        await using var brain = await StartAsync(RemoteModel.Engine("openinference"), 200, Tensor("BF16"));
        Assert.Equal(2, Assert.Single(await brain.ScoreAsync("x")).Score?.Value);

        static string Tensor(string type) => $$"""{"outputs": [{"name": "LOGIT", "datatype": "{{type}}", "shape": [1, 1], "data": [2]}]}""";
    }

    [Fact]
    public async Task Score_AnEngineThatAsksForPatience_TellsWhenToComeAgain()
    {
        var engine = RemoteModel.Engine("vllm-classify");
        engine.Instead = async http =>
        {
            http.Response.Headers.RetryAfter = "7";
            await ScriptedUpstream.JsonAsync(http, 429, "{}");
            return true;
        };
        await using var model = await RemoteModel.StartAsync(engine, null, ("Gateway:Clusters:c:Retries", "0"));

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(await model.ScoreAsync("x")).Failure?.RetryAfter);
    }

    [Fact]
    public void Of_SeveralPrompts_CutsBetweenThem()
    {
        PlacedText[] texts = [.. Enumerable.Range(0, 30).Select(i => new PlacedText(i, Of($"prompt {i % 5}", i)))];

        var batches = RemoteBatches.Of(texts, 8, new EngineTraits { Engine = Engine.Vllm, Forms = [RemoteForm.Text] });

        Assert.Equal([6, 6, 6, 6, 6], batches.Select(batch => batch.Count));
        Assert.All(batches, batch => Assert.Single(batch.Select(text => text.Text.Prefix).Distinct()));
        Assert.Equal(Enumerable.Range(0, 30), batches.SelectMany(batch => batch).Select(text => text.Place).Order());
    }

    [Fact]
    public void Of_AResponseEach_FillsTheCalls() => Assert.Equal([8, 8, 4], RemoteBatches.Of(
        [.. Enumerable.Range(0, 20).Select(i => new PlacedText(i, Of($"prompt {i}", i)))], 8, new EngineTraits { Engine = Engine.Vllm, Forms = [RemoteForm.Text] })
        .Select(batch => batch.Count));

    private static RemoteText Of(string prompt, int i) => new()
    {
        Text = Encoding.UTF8.GetBytes($"{prompt} {i}"), Prefix = PromptPrefix.None.Then(Encoding.UTF8.GetBytes(prompt)),
    };

    private static string[] Texts(int count) => [.. Enumerable.Range(0, count).Select(i => $"b{i}")];

    private static Task<RemoteModel> StartAsync(ScriptedEngine engine, int status, string reply, params (string Key, string Value)[] settings) =>
        StartAsync(engine, status, reply, null, settings);

    private static Task<RemoteModel> StartAsync(ScriptedEngine engine, int status, string reply, string? manifest, params (string Key, string Value)[] settings)
    {
        engine.Instead = async http =>
        {
            await ScriptedUpstream.JsonAsync(http, status, reply);
            return true;
        };
        return RemoteModel.StartAsync(engine, manifest, settings);
    }
}
