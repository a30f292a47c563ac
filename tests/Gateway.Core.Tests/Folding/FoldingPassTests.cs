using System.Text;
using CsCheck;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Tests.Folding;

/// <summary>Folding in stretches writes and tells what folding a character at a time does.</summary>
public sealed class FoldingPassTests
{
    private static readonly Gen<string> Pieces = Gen.OneOf(
        Gen.String[Gen.Char[' ', '~'], 0, 40],
        Gen.String[Gen.Char['\u00C0', '\u0600'], 0, 12],
        Gen.String[Gen.Char['\0', '\uD7FF'], 0, 6],
        Gen.OneOf(
            "paypal", "pаypаl", "раypal ", "Straße", "ПРАВИЛЬНЫЙ ответ", "Αlpha", "答案是", "정답은", "คำตอบ", "الإجابة", "उत्तर", "\u200B", "\0", "\u001B", "\u007F",
            "\uFE0F", "\uFEFF", "\U0001D41A\U0001D41B", "\U000E0041", "👩‍👩‍👧", "ⓐⒷ", "ＦＵＬＬ", "…", "“quoted”", "İı", "\uD800", "x", " ", "\t\r\n", "0123456789abcdef"));

    private static readonly Gen<byte[]> AnyBytes = Gen.Frequency(
        (4, Pieces.Array[0, 20].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)))),
        (1, Gen.Byte.Array[0, 60]));

    [Fact]
    public void Run_AnyBytes_FoldsAsCharacterByCharacter() =>
        AnyBytes.Sample(
            text =>
            {
                var (quickly, slowly) = (new byte[text.Length + TextFolder.Padding], new byte[text.Length + TextFolder.Padding]);
                var quick = new FoldingPass(text, quickly);
                quick.Run();
                var slow = new FoldingPass(text, slowly);
                slow.RunSlowly();

                Assert.Equal(slowly.AsSpan(0, slow.Written), quickly.AsSpan(0, quick.Written));
                Assert.Equal(slow.Facts, quick.Facts);
                Assert.True(slow.Written <= text.Length);
            },
            iter: 20_000);

    [Fact]
    public void Fold_Ascii_IsTheSameWhetherTakenForAsciiOrNot() =>
        Gen.String[Gen.Char['\t', '~'], 0, 80].Sample(text =>
        {
            var visible = new string([.. text.Where(character => character >= ' ' || char.IsWhiteSpace(character))]);
            var (ascii, mixed) = (Encoding.UTF8.GetBytes(visible), Encoding.UTF8.GetBytes(visible + " é"));
            var (one, other) = (Fold(ascii), Fold(mixed));

            Assert.Equal(Encoding.ASCII.GetString(one) + " e", Encoding.UTF8.GetString(other));
        });

    private static byte[] Fold(byte[] text)
    {
        var folded = new byte[text.Length + TextFolder.Padding];
        var facts = default(TextFacts);
        return folded[..TextFolder.Fold(text, folded, ref facts)];
    }
}
