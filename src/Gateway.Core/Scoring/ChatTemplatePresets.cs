using System.Collections.Frozen;

namespace Gateway.Core.Scoring;

/// <summary>
/// The chat templates of common model families, as their published tokenizer configurations write them for plain conversations. BOS is the
/// manifest's business, not the template's.
/// </summary>
public static class ChatTemplatePresets
{
    private static readonly FrozenDictionary<string, ChatTemplate> All = new Dictionary<string, ChatTemplate>(StringComparer.Ordinal)
    {
        ["chatml"] = ChatMl(defaultSystem: null),
        ["qwen2.5"] = ChatMl("You are Qwen, created by Alibaba Cloud. You are a helpful assistant."),
        ["llama3"] = new(
            Empty, new TurnFormat("<|start_header_id|>{role}<|end_header_id|>\n\n", "<|eot_id|>"), trim: true, stopTokens: ["<|end_of_text|>"]),
        ["gemma"] = new(
            new Dictionary<string, TurnFormat>
            {
                ["user"] = new("<start_of_turn>user\n", "<end_of_turn>\n"),
                ["assistant"] = new("<start_of_turn>model\n", "<end_of_turn>\n"),
                ["model"] = new("<start_of_turn>model\n", "<end_of_turn>\n"),
            },
            trim: true,
            stopTokens: ["<eos>"]),
        ["phi3"] = new(
            new Dictionary<string, TurnFormat> { ["assistant"] = new("<|assistant|>\n", "<|end|>\n", "<|end|>\n<|endoftext|>") },
            new TurnFormat("<|{role}|>\n", "<|end|>\n"),
            stopTokens: ["<|endoftext|>"]),
        ["zephyr"] = new(Empty, new TurnFormat("<|{role}|>\n", "</s>\n")),
        ["tulu2"] = Tulu("</s>"),
        ["tulu3"] = Tulu("<|end_of_text|>"),
        ["olmo2"] = Tulu("<|endoftext|>"),
        ["mistral"] = new(
            new Dictionary<string, TurnFormat>
            {
                // The closing [/INST] is written with the answer, so that the answer's header can be told from a space.
                ["user"] = new("[INST] ", ""),
                ["assistant"] = new(" [/INST] ", "</s>"),
            },
            trim: true),
        ["human-assistant"] = new(
            new Dictionary<string, TurnFormat>
            {
                ["user"] = new("\n\nHuman: ", ""),
                ["assistant"] = new("\n\nAssistant: ", ""),
            },
            stopTokens: ["</s>", "<|endoftext|>"]),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The names of the presets, sorted.</summary>
    public static IReadOnlyList<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The preset of that name, or null.</summary>
    public static ChatTemplate? Find(string name) => All.GetValueOrDefault(name);

    private static Dictionary<string, TurnFormat> Empty => [];

    private static ChatTemplate ChatMl(string? defaultSystem) => new(
        Empty, new TurnFormat("<|im_start|>{role}\n", "<|im_end|>\n"), defaultSystem: defaultSystem, stopTokens: ["<|endoftext|>", "</s>"]);

    // One template, three vocabularies: the EOS differs, and the last turn ends with it.
    private static ChatTemplate Tulu(string eos) => new(
        new Dictionary<string, TurnFormat> { ["assistant"] = new("<|assistant|>\n", eos + "\n", eos) },
        new TurnFormat("<|{role}|>\n", "\n"),
        stopTokens: [eos]);
}
