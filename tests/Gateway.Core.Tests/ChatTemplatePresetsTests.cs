using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>
/// Each preset against texts worked by hand from the chat template that the family publishes in its tokenizer configuration, without BOS,
/// which is the manifest's business.
/// </summary>
public sealed class ChatTemplatePresetsTests
{
    private const string QwenSystem = "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.";

    /// <summary>preset, turns as "role: content" with the judged answer last, the family's text.</summary>
    public static TheoryData<string, string[], string> Rows => new()
    {
        { "chatml", ["user: hi", "assistant: hello"], "<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n" },
        {
            "chatml", ["system: Be brief.", "user: hi ", "assistant: a", "tool: 4", "assistant:  b"],
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nhi <|im_end|>\n<|im_start|>assistant\na<|im_end|>\n"
                + "<|im_start|>tool\n4<|im_end|>\n<|im_start|>assistant\n b<|im_end|>\n"
        },
        { "chatml", ["assistant: alone"], "<|im_start|>assistant\nalone<|im_end|>\n" },
        {
            "qwen2.5", ["user: hi", "assistant: hello"],
            $"<|im_start|>system\n{QwenSystem}<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n"
        },
        {
            "qwen2.5", ["system: Be brief.", "user: hi", "assistant: hello"],
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n"
        },
        {
            "qwen2.5", ["user: hi", "system: late", "assistant: hello"],
            $"<|im_start|>system\n{QwenSystem}<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>system\nlate<|im_end|>\n<|im_start|>assistant\nhello<|im_end|>\n"
        },
        {
            "llama3", ["system: Be brief.", "user: \n hi\t", "assistant: a", "user: more", "assistant:  b \n"],
            "<|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\na<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nmore<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nb<|eot_id|>"
        },
        {
            "gemma", ["user:  hi ", "assistant: a", "user: more", "assistant: b\n"],
            "<start_of_turn>user\nhi<end_of_turn>\n<start_of_turn>model\na<end_of_turn>\n<start_of_turn>user\nmore<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n"
        },
        {
            "phi3", ["system: Be brief.", "user: hi", "assistant: a", "user: more", "assistant: b"],
            "<|system|>\nBe brief.<|end|>\n<|user|>\nhi<|end|>\n<|assistant|>\na<|end|>\n<|user|>\nmore<|end|>\n<|assistant|>\nb<|end|>\n<|endoftext|>"
        },
        {
            "zephyr", ["system: Be brief.", "user: hi", "assistant: a", "user: more", "assistant: b"],
            "<|system|>\nBe brief.</s>\n<|user|>\nhi</s>\n<|assistant|>\na</s>\n<|user|>\nmore</s>\n<|assistant|>\nb</s>\n"
        },
        {
            "tulu2", ["system: Be brief.", "user: hi", "assistant: a", "user: more", "assistant: b"],
            "<|system|>\nBe brief.\n<|user|>\nhi\n<|assistant|>\na</s>\n<|user|>\nmore\n<|assistant|>\nb</s>"
        },
        {
            "tulu3", ["user: hi", "assistant: a", "user: more", "assistant: b"],
            "<|user|>\nhi\n<|assistant|>\na<|end_of_text|>\n<|user|>\nmore\n<|assistant|>\nb<|end_of_text|>"
        },
        {
            "olmo2", ["user: hi", "assistant: a", "user: more", "assistant: b"],
            "<|user|>\nhi\n<|assistant|>\na<|endoftext|>\n<|user|>\nmore\n<|assistant|>\nb<|endoftext|>"
        },
        { "mistral", ["user: hi ", "assistant:  a", "user: more", "assistant: b"], "[INST] hi [/INST] a</s>[INST] more [/INST] b</s>" },
        {
            "human-assistant", ["user: hi", "assistant: a", "user: more", "assistant: b"],
            "\n\nHuman: hi\n\nAssistant: a\n\nHuman: more\n\nAssistant: b"
        },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Render_Conversation_IsTheFamilysText(string preset, string[] turns, string expected)
    {
        var messages = turns.Select(Turn).ToArray();

        Assert.Equal(expected, ChatTemplatePresets.Find(preset)!.Render(messages[..^1], messages[^1].Content).ToString());
    }

    [Fact]
    public void Rows_EveryPreset_HasOne() => Assert.Equal(ChatTemplatePresets.Names, Rows.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Find_UnknownName_IsNull() => Assert.Null(ChatTemplatePresets.Find("ChatML"));

    [Theory]
    [InlineData("gemma", "assistant, model, user")]
    [InlineData("mistral", "assistant, user")]
    [InlineData("human-assistant", "assistant, user")]
    public void Render_UnknownRole_IsRefusedWithTheKnownOnes(string preset, string known)
    {
        var refusal = Assert.Throws<GatewayException>(() => ChatTemplatePresets.Find(preset)!.Render([Texts.System("s"), Texts.User("u")], new Utf8Text("a")));

        Assert.Equal(ErrorKind.InvalidRequest, refusal.Kind);
        Assert.Contains("'system'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(known, refusal.Message, StringComparison.Ordinal);
    }

    private static Message Turn(string turn)
    {
        var colon = turn.IndexOf(':', StringComparison.Ordinal);
        return new Message(turn[..colon], new Utf8Text(turn[(colon + 2)..]));
    }
}
