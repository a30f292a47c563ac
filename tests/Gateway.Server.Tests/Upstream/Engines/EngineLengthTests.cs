using System.Text.Json.Nodes;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Text that is too long is an error before it leaves, by the engine's own count of tokens; nothing is cut without a word.</summary>
public sealed class EngineLengthTests
{
    // The scripted tokenizers make a token of every four bytes; the template adds 63 bytes to a prompt of four.
    private const int MostTokens = 64;

    public static TheoryData<string> Counting => ["vllm-classify", "vllm-pooling", "sglang-classify", "sglang-embeddings", "tei-predict"];

    [Theory]
    [MemberData(nameof(Counting))]
    public async Task Score_MoreTokensThanTheModelReads_IsNotSent(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine, """{"max_tokens": 64}""");

        var results = await model.ScoreAsync("short", new string('x', 4 * MostTokens), "short too");

        Assert.Equal(ErrorKind.InputTooLong, results[1].Failure?.Kind);
        Assert.Contains("at most 64", results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.True(results[0].IsScore && results[2].IsScore);
        Assert.DoesNotContain(engine.Upstream.Seen, seen => seen.Path != "/tokenize" && seen.Body.Contains("xxxxxxxx", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sglang-classify", true)]
    [InlineData("sglang-embeddings", true)]
    [InlineData("vllm-classify", false)]
    [InlineData("tei-predict", false)]
    public async Task Score_TextThatSurelyFits_IsNotCounted(string kind, bool cutsSilently)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine, """{"max_tokens": 64}""");

        var results = await model.ScoreAsync("", new string('y', 80));

        Assert.All(results, result => Assert.True(result.IsScore, result.Failure?.Message));
        // Ours is not the only word: an engine that refuses long text by itself is asked for a count only where the text is likely too long.
        Assert.Equal(cutsSilently ? 1 : 0, engine.Upstream.Seen.Count(seen => seen.Path == "/tokenize" && seen.Body.Contains("yyyy", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("sglang-classify")]
    [InlineData("sglang-embeddings")]
    public async Task Score_AnEngineThatMayCutAndCannotCount_GetsNothingThatMayBeTooLong(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        engine.Instead = async http =>
        {
            if (http.Request.Path != "/tokenize")
            {
                return false;
            }

            await ScriptedUpstream.JsonAsync(http, 404, """{"detail": "Not Found"}""");
            return true;
        };
        await using var model = await RemoteModel.StartAsync(engine, """{"max_tokens": 64}""");

        var results = await model.ScoreAsync(new string('x', 100));

        Assert.Equal(ErrorKind.UpstreamFailed, results[0].Failure?.Kind);
        Assert.Contains("could not count", results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.All(engine.Upstream.Seen, seen => Assert.Equal("/tokenize", seen.Path));
    }

    [Fact]
    public async Task Score_SglangReadMoreThanItMay_IsAFailure()
    {
        var engine = new SglangClassifyEngine { Bend = reply => Read(reply, 65) };
        await using var model = await RemoteModel.StartAsync(engine, """{"max_tokens": 64}""");

        Assert.Equal(ErrorKind.InputTooLong, Assert.Single(await model.ScoreAsync("x")).Failure?.Kind);

        static JsonNode Read(JsonNode reply, int tokens)
        {
            reply[0]!["meta_info"]!["prompt_tokens"] = tokens;
            return reply;
        }
    }

    [Theory]
    [InlineData("openrlhf")]
    [InlineData("openinference")]
    public async Task Score_MoreBytesThanTheEngineIsGiven_IsNotSent(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        var keys = JsonNode.Parse(engine.Manifest)!;
        keys["max_bytes"] = 128;
        await using var model = await RemoteModel.StartAsync(engine, keys.ToJsonString());

        var results = await model.ScoreAsync(new string('x', 128), "short");

        Assert.Equal(ErrorKind.InputTooLong, results[0].Failure?.Kind);
        Assert.Contains("at most 128 bytes", results[0].Failure!.Message, StringComparison.Ordinal);
        Assert.True(results[1].IsScore);
        Assert.DoesNotContain(engine.Upstream.Seen, seen => seen.Body.Contains("xxxx", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(EngineFaultTests.All), MemberType = typeof(EngineFaultTests))]
    public async Task Score_AnyText_AsksForNoTruncation(string kind)
    {
        var engine = RemoteModel.Engine(kind);
        await using var model = await RemoteModel.StartAsync(engine);

        await model.ScoreAsync("x");

        var asked = Assert.Single(engine.Asked);
        Assert.Null(asked["truncate_prompt_tokens"]);
        Assert.Equal(kind == "tei-predict" ? "false" : null, asked["truncate"]?.ToJsonString());
    }
}
