namespace Gateway.Onnx.Tokens;

/// <summary>Segments normalised text into pieces. One per worker: it keeps working memory.</summary>
internal abstract class PieceEncoder(PieceTable table)
{
    private bool _afterUnknown;

    /// <summary>The vocabulary's tables.</summary>
    protected PieceTable Table { get; } = table;

    /// <summary>The encoder of a vocabulary's kind.</summary>
    public static PieceEncoder Create(PieceTable table) =>
        table.Model.Kind == SegmentationKind.Bpe ? new BpeEncoder(table) : new UnigramEncoder(table);

    /// <summary>Adds the ids of normalised text.</summary>
    public void Encode(ReadOnlySpan<byte> text, TokenBuffer output)
    {
        _afterUnknown = false;
        if (!text.IsEmpty)
        {
            Segment(text, output);
        }
    }

    /// <summary>Drops working memory beyond what is worth keeping.</summary>
    public abstract void Release();

    /// <summary>Segments text that is not empty.</summary>
    protected abstract void Segment(ReadOnlySpan<byte> text, TokenBuffer output);

    /// <summary>Adds a known piece.</summary>
    protected void Emit(int id, TokenBuffer output)
    {
        output.Add(id);
        _afterUnknown = false;
    }

    /// <summary>Adds known pieces.</summary>
    protected void Emit(ReadOnlySpan<int> ids, TokenBuffer output)
    {
        output.Add(ids);
        _afterUnknown = false;
    }

    /// <summary>Adds the bytes of an unknown character, or one unknown piece for a whole run of such characters.</summary>
    protected void EmitUnknown(ReadOnlySpan<byte> character, TokenBuffer output)
    {
        if (Table.Model.ByteFallback)
        {
            foreach (var value in character)
            {
                output.Add(Table.BytePieces[value]);
            }
        }
        else if (!_afterUnknown)
        {
            output.Add(Table.Model.UnknownId);
            _afterUnknown = true;
        }
    }
}
