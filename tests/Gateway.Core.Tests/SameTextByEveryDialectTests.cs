using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>
/// The same conversation as messages, as one templated text (OpenRLHF's <c>query</c>, verl's <c>input</c>) and as text with its prompt gives
/// the model the same text, whatever the sender left at its end.
/// </summary>
public sealed class SameTextByEveryDialectTests
{
    private static readonly Message[] Turns = [Texts.User("What is 2 + 2?"), Texts.Assistant("4"), Texts.User("Sure?")];
    private static readonly string[] Answers = ["Yes.", "", "two\n\nparagraphs", "Grüße 世界 😀", "<think>hm</think>\nYes."];

    /// <summary>preset and what may stand after the response where the family's closing does.</summary>
    public static TheoryData<string, string> Endings
    {
        get
        {
            var endings = new TheoryData<string, string>();
            foreach (var (preset, after) in ((string Preset, string[] After)[])
            [
                ("chatml", ["<|im_end|>\n", "<|im_end|>", "", "<|endoftext|>", "<|im_end|>\n<|endoftext|>", "<|im_end|><|endoftext|><|endoftext|>", "</s>"]),
                ("qwen2.5", ["<|im_end|>\n", "<|im_end|>", "", "<|endoftext|>", "<|im_end|>\n<|endoftext|>"]),
                ("llama3", ["<|eot_id|>", "", "<|end_of_text|>", "<|eot_id|><|end_of_text|>", "<|eot_id|><|eot_id|>"]),
                ("gemma", ["<end_of_turn>\n", "<end_of_turn>", "", "<eos>", "<end_of_turn>\n<eos>", "<end_of_turn><eos><eos>"]),
                ("phi3", ["<|end|>\n<|endoftext|>", "<|end|>\n", "<|end|>", "", "<|endoftext|>", "<|end|><|endoftext|>"]),
                ("zephyr", ["</s>\n", "</s>", "", "</s></s>"]),
                ("tulu2", ["</s>", "</s>\n", "", "</s></s>"]),
                ("tulu3", ["<|end_of_text|>", "<|end_of_text|>\n", ""]),
                ("olmo2", ["<|endoftext|>", "<|endoftext|>\n", ""]),
                ("mistral", ["</s>", "", "</s></s>"]),
                ("human-assistant", ["", "</s>", "<|endoftext|>"]),
            ])
            {
                foreach (var ending in after)
                {
                    endings.Add(preset, ending);
                }
            }

            return endings;
        }
    }

    [Fact]
    public void Endings_EveryPreset_HasOne() =>
        Assert.Equal(ChatTemplatePresets.Names, Endings.Select(row => row.Data.Item1).Distinct().Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Endings))]
    public void Render_Templated_IsTheConversationsText(string preset, string ending)
    {
        var template = ChatTemplatePresets.Find(preset)!;
        foreach (var reasoning in Enum.GetValues<Reasoning>())
        {
            foreach (var answer in Answers)
            {
                var expected = template.Render(Turns, new Utf8Text(answer), reasoning).ToString();
                var prompt = PromptOf(template);
                Assert.Equal(expected, template.Render(Texts.Templated(prompt + answer + ending), reasoning).ToString());
                Assert.Equal(expected, template.Render(Texts.Templated(prompt + answer + ending, prompt), reasoning).ToString());
            }
        }
    }

    // Prompts are often cut before the header's last white space, which then begins the response or is left out.
    [Theory]
    [MemberData(nameof(Endings))]
    public void Render_TemplatedWithOpenHeader_IsTheConversationsText(string preset, string ending)
    {
        var template = ChatTemplatePresets.Find(preset)!;
        var whole = PromptOf(template);
        var prompt = whole.TrimEnd();
        foreach (var answer in Answers)
        {
            var expected = template.Render(Turns, new Utf8Text(answer)).ToString();
            Assert.Equal(expected, template.Render(Texts.Templated(whole + answer + ending, prompt)).ToString());
            Assert.Equal(expected, template.Render(Texts.Templated(prompt + answer + ending, prompt)).ToString());
        }
    }

    [Fact]
    public void Render_AnyResponseWithItsPrompt_IsTheConversationsText()
    {
        foreach (var template in ChatTemplatePresets.Names.Select(name => ChatTemplatePresets.Find(name)!))
        {
            var prompt = PromptOf(template);
            Texts.Any.Where(answer => !answer.Contains("<|im_end|>", StringComparison.Ordinal)).Sample(answer =>
            {
                var expected = template.Render(Turns, new Utf8Text(answer)).ToString();
                return template.Render(Texts.Templated(expected, prompt)).ToString() == expected;
            });
        }
    }

    private static string PromptOf(ChatTemplate template)
    {
        var rendered = template.Render(Turns, new Utf8Text(""));
        return string.Concat(rendered.Parts.Take(rendered.ResponseAt + 1).Select(part => part.Text.ToString()));
    }
}
