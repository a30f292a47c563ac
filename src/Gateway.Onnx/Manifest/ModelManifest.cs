using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Manifest;

/// <summary>What is true of a model's weights, as its <c>model.json</c> says; part of its revision but for what people read.</summary>
/// <param name="Graph">The ONNX file.</param>
/// <param name="IdsInput">The graph's input for token ids.</param>
/// <param name="MaskInput">Its input for the attention mask; null where it has none.</param>
/// <param name="Output">Its output with the logits.</param>
/// <param name="Labels">What each logit stands for.</param>
/// <param name="TokenizerFile">The tokenizer's file.</param>
/// <param name="Vocabulary">How many ids the tokenizer has.</param>
/// <param name="Template">The chat template; null where conversations cannot be rendered.</param>
/// <param name="Bos">The token at the beginning; null where none is added.</param>
/// <param name="Eos">The token at the end; null where none is added.</param>
/// <param name="ControlTokens">Further tokens that template text may name, beyond the tokenizer's own control and user-defined pieces.</param>
/// <param name="MaxTokens">The most tokens the graph reads.</param>
internal sealed record ModelManifest(
    string Graph,
    string IdsInput,
    string? MaskInput,
    string Output,
    IReadOnlyList<string> Labels,
    string TokenizerFile,
    int Vocabulary,
    ChatTemplate? Template,
    string? Bos,
    string? Eos,
    IReadOnlyList<string> ControlTokens,
    int MaxTokens)
{
    /// <summary>Where its scores were calibrated; null where nobody said.</summary>
    public ScoreRange? Range { get; init; }

    /// <summary>The fields that change scores, as the file has them without white space and with sorted keys; for the revision.</summary>
    public string Canonical { get; init; } = "";
}
