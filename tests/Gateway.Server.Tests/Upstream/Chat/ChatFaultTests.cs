using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Tests.Upstream.Chat;

/// <summary>Whatever an engine does instead of answering is a typed failure, and no reply.</summary>
public sealed class ChatFaultTests
{
    private static readonly ChatSettings Llama = new() { Cluster = "c", Engine = Engine.LlamaCpp, ContextTokens = 200 };

    [Theory]
    // vLLM, nested and flat.
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 512 tokens. However, you requested 600 tokens","type":"BadRequestError","param":"input_tokens","code":400}}""", ErrorKind.InputTooLong)]
    [InlineData(404, """{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}""", ErrorKind.UpstreamFailed)]
    [InlineData(401, """{"error":"Unauthorized"}""", ErrorKind.UpstreamFailed)]
    [InlineData(500, """{"error":{"message":"EngineCore encountered an issue","type":"InternalServerError","param":null,"code":500}}""", ErrorKind.UpstreamFailed)]
    // SGLang.
    [InlineData(400, """{"object":"error","message":"The input (600 tokens) is longer than the model's context length (512 tokens).","type":"BadRequestError","param":null,"code":400}""", ErrorKind.InputTooLong)]
    // Text Generation Inference.
    [InlineData(422, """{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 100 `max_new_tokens`","error_type":"validation"}""", ErrorKind.InputTooLong)]
    [InlineData(424, """{"error":"Request failed during generation","error_type":"generation"}""", ErrorKind.UpstreamFailed)]
    [InlineData(429, """{"error":"Model is overloaded","error_type":"overloaded"}""", ErrorKind.Overloaded)]
    // llama.cpp.
    [InlineData(400, """{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":4096}}""", ErrorKind.InputTooLong)]
    [InlineData(503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""", ErrorKind.NotReady)]
    // OpenAI and Azure.
    [InlineData(400, """{"error":{"message":"too long","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", ErrorKind.InputTooLong)]
    [InlineData(400, """{"error":{"message":"filtered","param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", ErrorKind.JudgeRefused)]
    [InlineData(400, """{"error":{"message":"the text says content_filter","code":null}}""", ErrorKind.Rejected)]
    [InlineData(502, "<html><h1>502 Bad Gateway</h1></html>", ErrorKind.UpstreamFailed)]
    [InlineData(504, "", ErrorKind.UpstreamTimedOut)]
    [InlineData(301, "", ErrorKind.UpstreamFailed)]
    // The same in bodies of status 200.
    [InlineData(200, """{"error":{"message":"Rate limited","code":429}}""", ErrorKind.Overloaded)]
    [InlineData(200, """{"error":{"message":"Provider returned error","code":"502"}}""", ErrorKind.UpstreamFailed)]
    [InlineData(200, """{"error":{"message":"x","code":"content_filter"}}""", ErrorKind.JudgeRefused)]
    [InlineData(200, """{"object":"error","message":"maximum context length","code":400}""", ErrorKind.InputTooLong)]
    [InlineData(200, """{"error":"no"}""", ErrorKind.UpstreamFailed)]
    public async Task Ask_AnErrorInPlaceOfAReply_IsItsKind(int status, string body, ErrorKind expected)
    {
        await using var chat = await TestChat.StartAsync(http => ScriptedUpstream.JsonAsync(http, status, body), null, ("Gateway:Clusters:c:Retries", "0"));

        Assert.Equal(expected, (await chat.FailAsync()).Kind);
        Assert.Single(chat.Upstream.Seen);
    }

    [Fact]
    public async Task Ask_AnErrorThatQuotesTheText_DoesNotRepeatIt()
    {
        await using var chat = await TestChat.StartAsync(http => ScriptedUpstream.JsonAsync(http, 400, """{"error":{"message":"bad: the secret sentence of the policy"}}"""));

        Assert.DoesNotContain("secret", (await chat.FailAsync("This is the secret sentence of the policy.")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_BusyAtFirst_IsTriedAgainByThePoolAlone()
    {
        var calls = 0;
        await using var chat = await TestChat.StartAsync(http => Interlocked.Increment(ref calls) == 1
            ? ScriptedUpstream.JsonAsync(http, 429, "{}")
            : ScriptedUpstream.JsonAsync(http, 200, ChatReplyTests.Reply("""{"content":"A"}""")));

        Assert.Equal("A", (await chat.AskAsync()).Text);
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task Ask_ACutBody_FailsAndACutConnectionToo()
    {
        await using var cut = await TestChat.StartAsync(http => ScriptedUpstream.CutMidBodyAsync(http, """{"choices":[{"message":{"content":"[[A]]"}"""), null, ("Gateway:Clusters:c:Retries", "0"));
        await using var reset = await TestChat.StartAsync(ScriptedUpstream.ResetAsync, null, ("Gateway:Clusters:c:Retries", "0"));

        Assert.Equal((ErrorKind.UpstreamFailed, ErrorKind.UpstreamFailed), ((await cut.FailAsync()).Kind, (await reset.FailAsync()).Kind));
    }

    [Fact]
    public async Task Ask_HalfACharacterOfUtf8_FailsTheCall()
    {
        var reply = Encoding.UTF8.GetBytes(ChatReplyTests.Reply("""{"content":"é"}"""));
        await using var chat = await TestChat.StartAsync(http => http.Response.Body.WriteAsync(reply.Where(value => value != 0xA9).ToArray()).AsTask());

        Assert.Equal(ErrorKind.UpstreamFailed, (await chat.FailAsync()).Kind);
    }

    [Fact]
    public async Task Ask_TenMegabytes_FailsAndAMegabyteIsRead()
    {
        var megabytes = 10;
        await using var chat = await TestChat.StartAsync(http => ScriptedUpstream.JsonAsync(http, 200, ChatReplyTests.Reply($$"""{"content":"{{new string('a', megabytes << 20)}}"}""")));

        Assert.Contains("more than 4194304 bytes", (await chat.FailAsync()).Message, StringComparison.Ordinal);
        megabytes = 1;
        Assert.Equal(1 << 20, (await chat.AskAsync()).Text.Length);
    }

    [Fact]
    public async Task Ask_ABodyWithoutEnd_IsCutAtTheLimit()
    {
        await using var chat = await TestChat.StartAsync(async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.Body.WriteAsync(new byte[64 * 1024]);
            }
        });

        Assert.Equal(ErrorKind.UpstreamFailed, (await chat.FailAsync()).Kind);
    }

    [Fact]
    public async Task Ask_NoAnswer_EndsAtTheClustersDeadline()
    {
        await using var chat = await TestChat.StartAsync(ScriptedUpstream.HangAsync, null, ("Gateway:Clusters:c:TimeoutMs", "50"));

        Assert.Equal(ErrorKind.UpstreamTimedOut, (await chat.FailAsync()).Kind);
    }

    [Fact]
    public async Task Ask_PastTheCallersDeadline_IsNotSent()
    {
        await using var chat = await TestChat.StartAsync(ScriptedUpstream.HangAsync);

        var options = new ChatAsk { Deadline = new Deadline(TimeSpan.Zero, TimeProvider.System) }.In(new ChatOptions());

        Assert.Equal(ErrorKind.TimedOut, (await chat.FailAsync(options: options)).Kind);
        Assert.Empty(chat.Upstream.Seen);
    }

    [Fact]
    public async Task Ask_ACallerThatLeaves_EndsTheCall()
    {
        await using var chat = await TestChat.StartAsync(ScriptedUpstream.HangAsync);
        using var left = new CancellationTokenSource();
        var asking = chat.Client.GetResponseAsync([new ChatMessage(ChatRole.User, "x")], null, left.Token);
        await Eventually.TrueAsync(() => chat.Upstream.InFlight == 1, "the call arrives");
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await Eventually.TrueAsync(() => chat.Upstream.InFlight == 0, "the engine hears of it");
    }

    [Fact]
    public async Task Ask_AWrongContentType_IsReadForWhatItIs()
    {
        await using var chat = await TestChat.StartAsync(http => ScriptedUpstream.TextAsync(http, 200, ChatReplyTests.Reply("""{"content":"A"}""")));

        Assert.Equal("A", (await chat.AskAsync()).Text);
    }

    [Fact]
    public async Task Ask_LlamaCppWithTextThatMayNotFit_CountsFirstAndRefusesWhatDoesNot()
    {
        var tokens = 50;
        await using var chat = await TestChat.StartAsync(
            http => ScriptedUpstream.JsonAsync(http, 200, http.Request.Path == "/tokenize"
                ? $$"""{"tokens":[{{string.Join(',', Enumerable.Range(0, tokens))}}]}"""
                : ChatReplyTests.Reply("""{"content":"A"}""", usage: """{"prompt_tokens":60,"completion_tokens":3}""")),
            Llama);

        var response = await chat.AskAsync(new string('x', 400));
        Assert.Null(ChatFacts.Of(response).Failure);
        Assert.Equal(["/tokenize", "/v1/chat/completions"], chat.Upstream.Seen.Select(seen => seen.Path));
        Assert.All(chat.Upstream.Seen, seen => Assert.Equal("close", seen.Headers["Connection"]));

        tokens = 100;
        Assert.Equal(ErrorKind.InputTooLong, ChatFacts.Of(await chat.AskAsync(new string('x', 400))).Failure?.Kind);
        Assert.Equal(ErrorKind.InputTooLong, (await chat.FailAsync(new string('x', 400), new ChatOptions { MaxOutputTokens = 50 })).Kind);
    }

    [Fact]
    public async Task Ask_LlamaCppThatCannotCount_Fails()
    {
        await using var chat = await TestChat.StartAsync(http => ScriptedUpstream.JsonAsync(http, 404, """{"error":{"code":404,"message":"File Not Found"}}"""), Llama);

        Assert.Equal(ErrorKind.UpstreamFailed, (await chat.FailAsync(new string('x', 400))).Kind);
    }

    [Theory]
    [InlineData("Vllm", 190, 10, false)]
    [InlineData("Vllm", 200, 1, true)]
    [InlineData("LlamaCpp", 190, 10, true)]
    [InlineData("LlamaCpp", 190, 9, false)]
    public async Task Ask_AContextThatWasFull_SaysThatThePromptWasCut(string engine, int prompt, int completion, bool cut)
    {
        var reply = ChatReplyTests.Reply("""{"content":"A"}""", usage: $$"""{"prompt_tokens":{{prompt}},"completion_tokens":{{completion}}}""");
        await using var chat = await TestChat.StartAsync(reply, Llama with { Engine = Enum.Parse<Engine>(engine) });

        Assert.Equal(cut, ChatFacts.Of(await chat.AskAsync()).PromptCut);
    }
}
