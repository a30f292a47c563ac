using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Templated text taken apart is the conversation that it was.</summary>
public sealed class TemplatedConversationTests
{
    private static readonly Message[] Turns = [Texts.User("What is 2 + 2?"), Texts.Assistant("4"), Texts.User("Sure?")];

    public static TheoryData<string, string> Endings => SameTextByEveryDialectTests.Endings;

    /// <summary>preset, text, and the turns as role=content, written by hand after the families' published templates.</summary>
    public static TheoryData<string, string, string?, string[]> Written => new()
    {
        { "chatml", "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi\n<|im_end|>\n<|im_start|>assistant\nYes<|im_end|>", null, ["system=Be brief.", "user=Hi\n", "assistant=Yes"] },
        { "chatml", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>tool\n{}<|im_end|>\n<|im_start|>assistant\n", null, ["user=Hi", "tool={}", "assistant="] },
        { "qwen2.5", "<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes<|im_end|>\n", null, ["user=Hi", "assistant=Yes"] },
        { "llama3", "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nYes<|eot_id|>", null, ["system=S", "user=Hi", "assistant=Yes"] },
        { "gemma", "<bos><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nYes<end_of_turn>\n", null, ["user=Hi", "assistant=Yes"] },
        { "mistral", "<s>[INST] Hi [/INST] Yes</s>[INST] Sure? [/INST] No</s>", null, ["user=Hi", "assistant=Yes", "user=Sure?", "assistant=No"] },
        { "tulu3", "<|user|>\nHi\n\n<|assistant|>\nYes<|end_of_text|>", null, ["user=Hi\n", "assistant=Yes"] },
        // The prompt opens the reasoning, which is the response's first line all the same.
        { "chatml", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\nhm</think>Yes<|im_end|>", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n<think>\n", ["user=Hi", "assistant=<think>\nhm</think>Yes"] },
        // With its prompt, a turn that the response writes itself is the response's text.
        { "chatml", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nNo<|im_end|>\n<|im_start|>assistant\nYes<|im_end|>", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", ["user=Hi", "assistant=No<|im_end|>\n<|im_start|>assistant\nYes"] },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Of_TextOfTheTemplate_IsItsTurns(string preset, string text, string? prompt, string[] turns)
    {
        var conversation = TemplatedConversation.Of(ChatTemplatePresets.Find(preset)!, Texts.Templated(text, prompt))!;

        Assert.Equal(turns, conversation.Prompt.Select(turn => $"{turn.Role}={turn.Content}").Append($"assistant={Assert.Single(conversation.Responses)}"));
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public void Of_EveryPresetsOwnText_IsTheConversation(string preset, string ending)
    {
        var template = ChatTemplatePresets.Find(preset)!;
        foreach (var answer in (string[])["Yes.", "", "two\n\nparagraphs", "Grüße 世界 😀"])
        {
            var rendered = template.Render(Turns, new Utf8Text(answer));
            var prompt = string.Concat(rendered.Parts.Take(rendered.ResponseAt + 1).Select(part => part.Text.ToString()));

            foreach (var sent in new[] { prompt, null })
            {
                var conversation = TemplatedConversation.Of(template, Texts.Templated(prompt + answer + ending, sent))!;
                Assert.Equal(Turns, conversation.Prompt);
                Assert.Equal(answer, Assert.Single(conversation.Responses).ToString());
            }
        }
    }

    [Theory]
    [InlineData("chatml", "", null)]
    [InlineData("chatml", "Hi", null)]
    [InlineData("chatml", "Hi there<|im_start|>assistant\nYes", null)]
    [InlineData("chatml", "<|im_start|>user\nHi<|im_end|>\nYes", "<|im_start|>user\nHi<|im_end|>\n")]
    [InlineData("llama3", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes", null)]
    [InlineData("llama3", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes", "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")]
    [InlineData("mistral", "Hi [/INST] Yes", null)]
    public void Of_TextOfAnotherTemplate_IsNull(string preset, string text, string? prompt) =>
        Assert.Null(TemplatedConversation.Of(ChatTemplatePresets.Find(preset)!, Texts.Templated(text, prompt)));

    [Fact]
    public void Of_AnyText_HasNoTurnThatIsNotInIt()
    {
        var words = Gen.OneOf("<|im_start|>", "user\n", "assistant\n", "<|im_end|>", "\n", "x", "[INST] ", " [/INST] ", "</s>", "<|eot_id|>", "<|assistant|>\n", "\n\nAssistant: ", "<think>", "ü");
        Gen.Select(Gen.OneOf(ChatTemplatePresets.Names.ToArray()), words.Array[0, 30], words.Array[0, 10]).Sample((preset, text, response) =>
        {
            var (prompt, all) = (string.Concat(text), string.Concat(text.Concat(response)));
            foreach (var sent in new[] { prompt, null })
            {
                if (TemplatedConversation.Of(ChatTemplatePresets.Find(preset)!, Texts.Templated(all, sent)) is { } conversation)
                {
                    Assert.All(conversation.Prompt.Select(turn => turn.Content).Concat(conversation.Responses), content => Assert.Contains(content.ToString(), all, StringComparison.Ordinal));
                }
            }
        });
    }
}
