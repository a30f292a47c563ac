using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What a real llama.cpp server (built from c392e509) with a tiny random reranker answered, byte for byte.</summary>
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

    [Theory]
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
