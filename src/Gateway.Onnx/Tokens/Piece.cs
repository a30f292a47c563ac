using System.Text;

namespace Gateway.Onnx.Tokens;

/// <summary>One entry of a vocabulary.</summary>
/// <param name="Utf8">Its text.</param>
/// <param name="Score">Its log-probability (unigram) or merge order (BPE: higher first).</param>
/// <param name="Kind">What it is for.</param>
internal sealed record Piece(byte[] Utf8, float Score, PieceKind Kind)
{
    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Utf8);
}

/// <summary>What a piece is for; the numbers are the file's.</summary>
internal enum PieceKind
{
    /// <summary>Ordinary text.</summary>
    Normal = 1,

    /// <summary>Stands for characters that no piece has.</summary>
    Unknown = 2,

    /// <summary>Never text.</summary>
    Control = 3,

    /// <summary>A symbol that templates write.</summary>
    UserDefined = 4,

    /// <summary>Takes part in merges and is taken apart again.</summary>
    Unused = 5,

    /// <summary>One byte of an unknown character.</summary>
    Byte = 6,
}
