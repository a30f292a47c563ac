using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Text;

/// <summary>Everything that decides which ids a text becomes; shared by a model's workers.</summary>
/// <param name="ModelName">The model's name, for messages.</param>
/// <param name="Pieces">The vocabulary.</param>
/// <param name="Control">The tokens that templates write.</param>
/// <param name="Template">The chat template; null where conversations cannot be rendered.</param>
/// <param name="BosId">The id that every text begins with; null for none.</param>
/// <param name="EosId">The id that every text ends with; null for none.</param>
/// <param name="MaxTokens">The most ids that the model reads.</param>
/// <param name="Truncation">What happens to longer texts.</param>
/// <param name="Reasoning">Whether the reasoning of a response is read.</param>
internal sealed record EncodingRules(
    string ModelName,
    PieceTable Pieces,
    ControlTokens Control,
    ChatTemplate? Template,
    int? BosId,
    int? EosId,
    int MaxTokens,
    Truncation Truncation,
    Reasoning Reasoning)
{
    /// <summary>Where the model's scores were calibrated; null where its manifest does not say.</summary>
    public ScoreRange? Range { get; init; }

    // Normalisers that drop or fold text, and runs of unknown characters that become one token, put any number of bytes into a token.
    private const int FoldedBytesPerToken = 512;

    /// <summary>How many bytes one token stands for at most; for tokenizers that fold text, where we stop reading.</summary>
    public int BytesPerToken { get; } = Folds(Pieces.Model)
        ? FoldedBytesPerToken
        : Math.Max(Control.LongestBytes, Pieces.Model.Pieces.Max(piece => piece.Utf8.Length));

    /// <summary>Longer texts are not tokenised: they cannot fit.</summary>
    public long MaxBytes => (long)BytesPerToken * MaxTokens;

    /// <summary>How many ids a tokenizer has.</summary>
    public int Vocabulary => Pieces.Model.Pieces.Count;

    private static bool Folds(SentencePieceModel model) => model.RemoveExtraSpaces || model.CharsMap.Length > 0 || !model.ByteFallback;
}
