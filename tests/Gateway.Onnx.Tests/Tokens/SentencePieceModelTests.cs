using System.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Tests.Tokens;

public class SentencePieceModelTests
{
    private static readonly byte[] Unknown = Piece("<unk>", PieceKind.Unknown);

    [Fact]
    public void Read_SmallestModel_HasItsPiecesAndDefaults()
    {
        var model = SentencePieceModel.Read([.. Unknown, .. Piece("a", PieceKind.Normal)]);
        Assert.Equal(2, model.Pieces.Count);
        Assert.Equal(SegmentationKind.Unigram, model.Kind);
        Assert.True(model is { AddDummyPrefix: true, RemoveExtraSpaces: true, EscapeSpaces: true, ByteFallback: false, UnknownId: 0 });
        Assert.Equal(1, model.IdOf("a"));
        Assert.Null(model.IdOf("b"));
    }

    [Theory]
    [InlineData(3, "Word")]
    [InlineData(4, "Char")]
    [InlineData(9, "9")]
    public void Read_OtherAlgorithms_AreRefused(int kind, string name) =>
        AssertRefused([.. Unknown, .. Field(2, [3 << 3, (byte)kind])], $"type is {name}");

    [Theory]
    [InlineData("\u2581\u2581")]
    [InlineData("\n\n")]
    [InlineData("\t")]
    public void Read_SymbolsOfWhiteSpace_AreRefused(string symbol) =>
        AssertRefused([.. Unknown, .. Piece(symbol, PieceKind.UserDefined)], "white space only");

    [Fact]
    public void Read_IncompleteModels_AreRefused()
    {
        AssertRefused(Piece("a", PieceKind.Normal), "no unknown piece");
        AssertRefused([.. Unknown, .. Piece("<0x00>", PieceKind.Byte), .. Field(2, [0x98, 0x02, 1])], "256 byte pieces");
        AssertRefused([.. Unknown, .. Unknown], "occurs twice");
        AssertRefused([.. Unknown, .. Piece("", PieceKind.Normal)], "empty");
        AssertRefused(Unknown[..^1], "cut off");
    }

    [Fact]
    public void Encode_CharacterNamedByAControlPiece_IsUnknownText()
    {
        // The reference would give the control piece's id for this character: a response must not be able to write it.
        var table = new PieceTable(SentencePieceModel.Read(
            [.. Unknown, .. Piece("a", PieceKind.Normal), .. Piece("\u2588", PieceKind.Control), .. Piece("\u2591", PieceKind.UserDefined), .. Field(2, [3 << 3, 2])]));
        var ids = new TokenBuffer();
        new SentencePieceEncoder(table).Encode("a\u2588\u2591a"u8, ids);
        Assert.Equal([0, 1, 0, 1], ids.Ids.ToArray());
    }

    private static void AssertRefused(byte[] file, string expected) =>
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => SentencePieceModel.Read(file)).Message, StringComparison.Ordinal);

    private static byte[] Piece(string text, PieceKind kind) => Field(1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 3 << 3, (byte)kind]);

    private static byte[] Field(int number, byte[] value) => [(byte)((number << 3) | 2), (byte)value.Length, .. value];
}
