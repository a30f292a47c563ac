using System.Text;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Tests.Upstream.Chat;

/// <summary>What each engine's reply says arrives as typed values.</summary>
public sealed class ChatReplyTests
{
    private const string Vllm = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning":"It is."},"logprobs":{"content":[{"token":"Yes","logprob":-0.25,"bytes":[89,101,115],"top_logprobs":[{"token":"Yes","logprob":-0.25,"bytes":[89,101,115]},{"token":"No","logprob":-9999.0,"bytes":[78,111]}]}]},"finish_reason":"stop","stop_reason":null,"token_ids":null}],"service_tier":null,"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":8}},"prompt_logprobs":null,"kv_transfer_params":null}
        """;

    private const string Sglang = """
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes","reasoning_content":"It is.","tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":151645}],"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":null}}
        """;

    private const string Tgi = """
        {"object":"chat.completion","id":"","created":1,"model":"m","system_fingerprint":"3.3.5","choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"logprobs":{"content":[{"token":"Yes","logprob":-0.25,"top_logprobs":[]}]},"finish_reason":"eos_token"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}
        """;

    private const string LlamaCpp = """
        {"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"Yes"},"logprobs":{"content":[{"id":9642,"token":"Yes","bytes":[89,101,115],"logprob":-0.25,"top_logprobs":[{"id":9642,"token":"Yes","bytes":[89,101,115],"logprob":-0.25}]}]}}],"created":1,"model":"m","object":"chat.completion","usage":{"completion_tokens":3,"prompt_tokens":12,"total_tokens":15},"id":"chatcmpl-1","timings":{"prompt_n":12}}
        """;

    private const string OpenAi = """
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"It is."}]},{"type":"text","text":"Ye"},{"type":"text","text":"s"}],"refusal":null},"logprobs":{"content":null,"refusal":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"completion_tokens_details":{"reasoning_tokens":2}}}
        """;

    [Theory]
    [InlineData(Vllm, "It is.", -0.25, 2)]
    [InlineData(Sglang, "It is.", null, 0)]
    [InlineData(Tgi, null, -0.25, 0)]
    [InlineData(LlamaCpp, null, -0.25, 1)]
    [InlineData(OpenAi, "It is.", null, 0)]
    public async Task Read_AnEnginesReply_GivesAllItSays(string reply, string? reasoning, double? logprob, int top)
    {
        await using var chat = await TestChat.StartAsync(reply);

        var response = await chat.AskAsync();

        var facts = ChatFacts.Of(response);
        Assert.Equal(("Yes", "m", ChatFinishReason.Stop), (response.Text, response.ModelId, response.FinishReason));
        Assert.Equal((12L, 3L), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
        Assert.Equal((reasoning, null, null), (facts.Reasoning, facts.Refusal, facts.Failure));
        Assert.Equal("a of cluster 'c'", facts.Destination);
        Assert.Equal(logprob, facts.Logprobs.FirstOrDefault()?.Logprob);
        Assert.Equal(top, facts.Logprobs.FirstOrDefault()?.Top.Count ?? 0);
    }

    [Fact]
    public async Task Read_Logprobs_GivesBytesAndNoNumberForTheSentinel()
    {
        await using var chat = await TestChat.StartAsync(Vllm);

        var token = Assert.Single(ChatFacts.Of(await chat.AskAsync()).Logprobs);

        Assert.Equal("Yes", Encoding.UTF8.GetString(token.Bytes!.Value.Span));
        Assert.Equal([-0.25, null], token.Top.Select(one => one.Logprob));
    }

    [Theory]
    [InlineData("""{"token":"a"}""")]
    [InlineData("""{"token":"a","logprob":null}""")]
    [InlineData("""{"token":"a","logprob":-9999.0}""")]
    [InlineData("""{"token":"a","logprob":-9999.0,"bytes":null,"top_logprobs":null}""")]
    public async Task Read_ALogprobThatIsNone_IsNoNumber(string token)
    {
        await using var chat = await TestChat.StartAsync(Reply($$"""{"content":"a"}""", logprobs: $$"""{"content":[{{token}}]}"""));

        var read = Assert.Single(ChatFacts.Of(await chat.AskAsync()).Logprobs);

        Assert.Equal((null, null, 0), (read.Logprob, read.Bytes, read.Top.Count));
    }

    [Theory]
    [InlineData("""{"content":[{"token":"a","logprob":NaN}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":"-1"}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":7.5}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":1e999}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"bytes":[256]}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-1,"top_logprobs":{"a":-1}}]}""")]
    [InlineData("""{"content":[{"token":"a","logprob":-0.1,"top_logprobs":[{"token":"a","logprob":-0.1},{"token":"b","logprob":-0.1}]}]}""")]
    [InlineData("""{"content":[{"logprob":-1}]}""")]
    [InlineData("""{"content":["a"]}""")]
    [InlineData("""{"content":{}}""")]
    [InlineData("""[1]""")]
    public async Task Read_LogprobsThatAreNone_FailsTheCall(string logprobs)
    {
        await using var chat = await TestChat.StartAsync(Reply("""{"content":"a"}""", logprobs: logprobs));

        Assert.Equal(ErrorKind.UpstreamFailed, (await chat.FailAsync()).Kind);
    }

    [Theory]
    [InlineData("""{"content":null,"refusal":"I cannot."}""", "stop", ErrorKind.JudgeRefused)]
    [InlineData("""{"content":[{"type":"refusal","refusal":"I cannot."}]}""", "stop", ErrorKind.JudgeRefused)]
    [InlineData("""{"content":"[[A"}""", "content_filter", ErrorKind.JudgeRefused)]
    [InlineData("""{"content":null}""", "stop", ErrorKind.JudgeUnreadable)]
    [InlineData("""{"content":" \n"}""", "length", ErrorKind.JudgeUnreadable)]
    [InlineData("""{}""", "stop", ErrorKind.JudgeUnreadable)]
    [InlineData("""{"content":"[[A]]","refusal":""}""", "stop", null)]
    [InlineData("""{"content":"[[A]]"}""", "length", null)]
    [InlineData("""{"content":null,"reasoning_content":"[[A]]"}""", "stop", null)]
    [InlineData("""{"content":null,"reasoning_content":"[[A]]","reasoning":"[[A]]"}""", "unheard_of", null)]
    public async Task Read_AReplyWithoutAVerdict_SaysWhy(string message, string finish, ErrorKind? expected)
    {
        await using var chat = await TestChat.StartAsync(Reply(message, finish));

        var facts = ChatFacts.Of(await chat.AskAsync());

        Assert.Equal((expected, finish == "length"), (facts.Failure?.Kind, facts.HitLimit));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>busy</html>")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":null}""")]
    [InlineData("""{"choices":[{"message":null}]}""")]
    [InlineData("""{"choices":[{"message":{"content":7}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":[{"type":"image_url"}]}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A","content":"B"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"\ud83d"}}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"},"finish_reason":"abort"}]}""")]
    [InlineData("""{"choices":[{"message":{"content":"A"}""")]
    public async Task Read_NoReplyOfThisWire_FailsTheCall(string body)
    {
        await using var chat = await TestChat.StartAsync(body);

        Assert.Equal(ErrorKind.UpstreamFailed, (await chat.FailAsync()).Kind);
    }

    [Fact]
    public void Facts_OfAnotherClient_AreWhatItGives()
    {
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("why"), new TextContent("so")])) { FinishReason = ChatFinishReason.Length };

        var facts = ChatFacts.Of(response);

        Assert.Equal(("why", true, false), (facts.Reasoning, facts.HitLimit, facts.IsEmpty));
    }

    internal static string Reply(string message, string finish = "stop", string logprobs = "null", string usage = "null") =>
        $$"""{"choices":[{"index":0,"message":{{message}},"logprobs":{{logprobs}},"finish_reason":"{{finish}}"}],"usage":{{usage}}}""";
}
