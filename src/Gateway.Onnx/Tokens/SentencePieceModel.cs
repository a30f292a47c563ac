using System.Text;
using Gateway.Onnx.Manifest;

namespace Gateway.Onnx.Tokens;

/// <summary>
/// What a SentencePiece <c>.model</c> file says: its pieces, and how text is normalised. Immutable; the field numbers are those of
/// <c>sentencepiece_model.proto</c>.
/// </summary>
internal sealed class SentencePieceModel
{
    private SentencePieceModel(IReadOnlyList<Piece> pieces) => Pieces = pieces;

    /// <summary>The vocabulary; a piece's id is its index.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Which algorithm segments text.</summary>
    public SegmentationKind Kind { get; private set; } = SegmentationKind.Unigram;

    /// <summary>Whether unknown characters become their bytes' pieces.</summary>
    public bool ByteFallback { get; private set; }

    /// <summary>Whether the dummy space is written after the text and not before.</summary>
    public bool SpaceAsSuffix { get; private set; }

    /// <summary>The compiled normalisation rules; empty for none.</summary>
    public byte[] CharsMap { get; private set; } = [];

    /// <summary>Whether a space is added to the text.</summary>
    public bool AddDummyPrefix { get; private set; } = true;

    /// <summary>Whether runs of spaces are folded and those at the ends dropped.</summary>
    public bool RemoveExtraSpaces { get; private set; } = true;

    /// <summary>Whether spaces are written as U+2581.</summary>
    public bool EscapeSpaces { get; private set; } = true;

    /// <summary>The id of the unknown piece.</summary>
    public int UnknownId { get; private set; } = -1;

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">It is no SentencePiece model, or one whose ids we cannot promise; the message says why.</exception>
    public static SentencePieceModel Read(ReadOnlySpan<byte> file)
    {
        var pieces = new List<Piece>();
        var model = new SentencePieceModel(pieces);
        var reader = new ProtoReader(file);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    pieces.Add(ReadPiece(reader.Bytes));
                    break;
                case 2:
                    model.ReadTrainer(reader.Bytes);
                    break;
                case 3:
                    model.ReadNormalizer(reader.Bytes);
                    break;
            }
        }

        model.Check();
        return model;
    }

    /// <summary>The id of a piece by its text; null where there is none.</summary>
    public int? IdOf(string text)
    {
        for (var id = 0; id < Pieces.Count; id++)
        {
            if (Pieces[id].ToString() == text)
            {
                return id;
            }
        }

        return null;
    }

    private static Piece ReadPiece(ReadOnlySpan<byte> message)
    {
        var text = Array.Empty<byte>();
        var score = 0f;
        var kind = PieceKind.Normal;
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    text = reader.Bytes.ToArray();
                    break;
                case 2:
                    score = reader.Float;
                    break;
                case 3:
                    kind = (PieceKind)reader.Number;
                    break;
            }
        }

        return new Piece(text, score, kind);
    }

    private void ReadTrainer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 3:
                    Kind = (SegmentationKind)reader.Number;
                    break;
                case 24:
                    SpaceAsSuffix = reader.Number != 0;
                    break;
                case 35:
                    ByteFallback = reader.Number != 0;
                    break;
            }
        }
    }

    private void ReadNormalizer(ReadOnlySpan<byte> message)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 2:
                    CharsMap = reader.Bytes.ToArray();
                    break;
                case 3:
                    AddDummyPrefix = reader.Number != 0;
                    break;
                case 4:
                    RemoveExtraSpaces = reader.Number != 0;
                    break;
                case 5:
                    EscapeSpaces = reader.Number != 0;
                    break;
            }
        }
    }

    private void Check()
    {
        if (Kind is not (SegmentationKind.Unigram or SegmentationKind.Bpe))
        {
            throw new InvalidDataException($"Its type is {Kind}; only unigram and BPE models are read.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var id = 0; id < Pieces.Count; id++)
        {
            var piece = Pieces[id];
            if (piece.Utf8.Length == 0 || !seen.Add(Encoding.UTF8.GetString(piece.Utf8)))
            {
                throw new InvalidDataException($"Piece {id} is empty or occurs twice.");
            }

            // The reference finds these in plain text too, where a symbol of ours is never looked for: ids would differ without a word.
            if (piece.Kind == PieceKind.UserDefined && string.IsNullOrWhiteSpace(piece.ToString().Replace('\u2581', ' ')))
            {
                throw new InvalidDataException($"Piece {id} is a user-defined symbol of white space only; such models are not supported.");
            }

            UnknownId = piece.Kind == PieceKind.Unknown ? id : UnknownId;
        }

        if (UnknownId < 0 || (ByteFallback && Pieces.Count(piece => piece.Kind == PieceKind.Byte) != 256))
        {
            throw new InvalidDataException("It has no unknown piece, or byte fallback without 256 byte pieces; it is no complete SentencePiece model.");
        }
    }
}
