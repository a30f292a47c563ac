using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What real llama.cpp servers with a tiny random reranker answered, byte for byte: one built from c392e509 (February 2025), one from a fork of June 2026.</summary>
public sealed class LlamaCppRecordedTests
{
    [Fact]
    public async Task Score_InputOrderAndTopNIgnored_IsReadByIndex()
    {
        await using var model = await AnsweringAsync(
            200,
            """{"model":"gpt-3.5-turbo","object":"list","usage":{"prompt_tokens":19,"total_tokens":19},"results":[{"index":0,"relevance_score":-5.499011993408203},{"index":1,"relevance_score":-3.822230577468872},{"index":2,"relevance_score":-5.9971723556518555}]}""");

        Assert.Equal(
            [-5.499011993408203, -3.822230577468872, -5.9971723556518555], (await model.ScoreAsync("good prime", "bad", "yes")).Select(result => result.Score!.Value));
    }

    [Fact]
    public async Task Score_SortedByScoreAsOfTheNewer_IsReadByIndex()
    {
        await using var model = await AnsweringAsync(
            200,
            """{"model":"ranker","object":"list","usage":{"prompt_tokens":16,"total_tokens":16},"results":[{"index":0,"relevance_score":-9.583402633666992},{"index":2,"relevance_score":-11.298748016357422},{"index":1,"relevance_score":-11.419132232666016}]}""");

        Assert.Equal(
            [-9.583402633666992, -11.419132232666016, -11.298748016357422], (await model.ScoreAsync("bad", "yes", "the sky")).Select(result => result.Score!.Value));
    }

    [Theory]
    [InlineData(500, """{"error":{"code":500,"message":"input (703 tokens) is too large to process. increase the physical batch size (current batch size: 512)","type":"server_error"}}""", ErrorKind.InputTooLong)]
    [InlineData(501, """{"error":{"code":501,"message":"This server does not support reranking. Start it with `--reranking`","type":"not_supported_error"}}""", ErrorKind.UpstreamFailed)]
    [InlineData(400, """{"error":{"code":400,"message":"request (3620 tokens) exceeds the available context size (256 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":3620,"n_ctx":256}}""", ErrorKind.InputTooLong)]
    [InlineData(500, """{"error":{"code":500,"message":"input is too large to process. increase the physical batch size","type":"server_error"}}""", ErrorKind.InputTooLong)]
    [InlineData(501, """{"error":{"code":501,"message":"This server does not support reranking. Start it with `--reranking` and without `--embedding`","type":"not_supported_error"}}""", ErrorKind.UpstreamFailed)]
    [InlineData(404, """{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}""", ErrorKind.UpstreamFailed)]
    [InlineData(400, """{"error":{"code":400,"message":"\"documents\" must be a non-empty string array","type":"invalid_request_error"}}""", ErrorKind.Rejected)]
    public async Task Score_ARecordedError_IsItsKind(int status, string body, ErrorKind expected)
    {
        await using var model = await AnsweringAsync(status, body);

        Assert.Equal(expected, Assert.Single(await model.ScoreAsync("x")).Failure?.Kind);
    }

    [Fact]
    public async Task Score_EveryCall_ClosesItsConnection()
    {
        var engine = new LlamaCppEngine();
        await using var model = await RemoteModel.StartAsync(engine);

        await model.ScoreAsync("a", "b");

        Assert.All(engine.Upstream.Seen, seen => Assert.Equal("close", seen.Headers["Connection"]));
    }

    private static Task<RemoteModel> AnsweringAsync(int status, string body) => RemoteModel.StartAsync(new LlamaCppEngine
    {
        Instead = async http =>
        {
            await ScriptedUpstream.JsonAsync(http, status, body);
            return true;
        },
    });
}
