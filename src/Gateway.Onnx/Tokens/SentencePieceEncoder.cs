namespace Gateway.Onnx.Tokens;

/// <summary>
/// Plain text to ids, equal to those of SentencePiece for the same model, except that no control or user-defined piece is ever found in it.
/// Works on UTF-8 throughout. One per worker.
/// </summary>
internal sealed class SentencePieceEncoder(PieceTable table)
{
    private readonly TextNormalizer _normalizer = new(table.Model);
    private readonly PieceEncoder _pieces = PieceEncoder.Create(table);

    /// <summary>Adds the ids of a text.</summary>
    public void Encode(ReadOnlySpan<byte> text, TokenBuffer output) => _pieces.Encode(_normalizer.Normalize(text), output);

    /// <summary>Drops working memory beyond what is worth keeping.</summary>
    public void Release()
    {
        _normalizer.Release();
        _pieces.Release();
    }
}
