using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Tests.Upstream.Chat;

/// <summary>What is sent is what was asked for, in the engine's words.</summary>
public sealed class ChatRequestTests
{
    private static readonly string Reply = ChatReplyTests.Reply("""{"content":"A"}""");
    private static readonly JsonElement Schema = JsonElement.Parse("""{"type":"object"}""");

    [Fact]
    public async Task Write_EverythingAsked_IsSentByItsName()
    {
        await using var chat = await TestChat.StartAsync(Reply, new ChatSettings
        {
            Cluster = "c", Model = "m", EnableThinking = false, Extra = new Dictionary<string, JsonElement> { ["min_p"] = JsonElement.Parse("0.1") },
        });
        var options = new ChatAsk { TopLogprobs = 5 }.In(new ChatOptions
        {
            Instructions = "Be strict.", Temperature = 0.7f, TopP = 0.5f, TopK = 20, MaxOutputTokens = 64, Seed = 7, StopSequences = ["</s>"],
        });

        await chat.AskAsync("Judge.", options);

        var expected = """
            {"model":"m","messages":[{"role":"system","content":"Be strict."},{"role":"user","content":"Judge."}],"stream":false,"temperature":0.7,"top_p":0.5,
             "top_k":20,"max_tokens":64,"seed":7,"stop":["</s>"],"logprobs":true,"top_logprobs":5,"chat_template_kwargs":{"enable_thinking":false},"min_p":0.1}
            """;
        Assert.Equal("/v1/chat/completions", chat.Upstream.Seen.Last().Path);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), chat.Asked), chat.Asked.ToJsonString());
    }

    [Fact]
    public async Task Write_NothingAsked_SendsNothingElse()
    {
        await using var chat = await TestChat.StartAsync(Reply, new ChatSettings { Cluster = "c" });

        await chat.AskAsync();

        Assert.Equal("""{"messages":[{"role":"user","content":"Judge."}],"stream":false}""", chat.Asked.ToJsonString());
    }

    [Theory]
    [InlineData("None", "{}")]
    [InlineData("JsonSchema", """{"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{"type":"object"}}}}""")]
    [InlineData("JsonObject", """{"response_format":{"type":"json_object"}}""")]
    [InlineData("StructuredOutputs", """{"structured_outputs":{"json":{"type":"object"}}}""")]
    [InlineData("GuidedJson", """{"guided_json":{"type":"object"}}""")]
    [InlineData("Tgi", """{"response_format":{"type":"json","value":{"type":"object"}}}""")]
    public async Task Write_ASchema_GoesInTheEnginesWay(string structured, string expected)
    {
        await using var chat = await TestChat.StartAsync(Reply, new ChatSettings { Cluster = "c", Structured = Enum.Parse<StructuredOutput>(structured) });

        await chat.AskAsync(options: new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema(Schema) });

        var asked = chat.Asked.AsObject();
        asked.Remove("messages");
        asked.Remove("stream");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), asked), asked.ToJsonString());
    }

    [Fact]
    public async Task Write_MaxCompletionTokens_IsSentByThatName()
    {
        await using var chat = await TestChat.StartAsync(Reply, new ChatSettings { Cluster = "c", MaxCompletionTokens = true });

        await chat.AskAsync(options: new ChatOptions { MaxOutputTokens = 9 });

        Assert.Equal((9, null), ((int?)chat.Asked["max_completion_tokens"], (int?)chat.Asked["max_tokens"]));
    }

    [Fact]
    public async Task Write_HalfASurrogatePair_BecomesTheReplacementCharacter()
    {
        await using var chat = await TestChat.StartAsync(Reply);

        await chat.AskAsync("a\ud83d\"b\0", new ChatOptions { StopSequences = ["\udc00"] });

        Assert.Equal(("a\ufffd\"b\0", "\ufffd"), ((string?)chat.Asked["messages"]![0]!["content"], (string?)chat.Asked["stop"]![0]));
    }

    [Fact]
    public async Task Write_ACustomRole_IsKept()
    {
        await using var chat = await TestChat.StartAsync(Reply);

        await chat.Client.GetResponseAsync([new ChatMessage(new ChatRole("response_1"), "x")], null, TestContext.Current.CancellationToken);

        Assert.Equal("response_1", (string?)chat.Asked["messages"]![0]!["role"]);
    }

    [Fact]
    public async Task Ask_WhatIsNoText_IsRefusedAndNotSent()
    {
        await using var chat = await TestChat.StartAsync(Reply);
        var cancellation = TestContext.Current.CancellationToken;

        await Assert.ThrowsAsync<NotSupportedException>(() => chat.Client.GetResponseAsync([new ChatMessage(ChatRole.User, [new DataContent(new byte[1], "image/png")])], null, cancellation));
        await Assert.ThrowsAsync<NotSupportedException>(() => chat.AskAsync(options: new ChatOptions { ConversationId = "x" }));

        Assert.Empty(chat.Upstream.Seen);
    }

    [Fact]
    public async Task Stream_AReply_IsGivenWhole()
    {
        await using var chat = await TestChat.StartAsync(Reply);

        var response = await chat.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, "x")], null, TestContext.Current.CancellationToken)
            .ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("A", ChatFinishReason.Stop), (response.Text, response.FinishReason));
    }

    [Fact]
    public async Task Make_SettingsThatDoNotFit_SaysAllThatIsWrong()
    {
        await using var pool = TestPool.Start();
        var settings = new ChatSettings
        {
            Cluster = "c", Engine = Engine.LlamaCpp, EnableThinking = true, ReplyBytes = 5,
            Extra = new Dictionary<string, JsonElement> { ["stream"] = Schema, ["chat_template_kwargs"] = Schema },
        };

        var fault = Assert.Throws<StartupException>(() => new OpenAiChat(pool.Pool, settings, TimeProvider.System));

        Assert.Equal(4, fault.Problems.Count);
        Assert.Single((settings with { Engine = Engine.Vllm, ContextTokens = 0, ReplyBytes = 5000, EnableThinking = null, Extra = new Dictionary<string, JsonElement>() }).Problems());
    }
}
