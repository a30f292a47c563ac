using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Folds text for comparison; what is judged is never changed.</summary>
internal static class TextFolder
{
    /// <summary>Room for what is read past the end.</summary>
    public const int Padding = 2 * WordStarts.Block;

    /// <summary>Folds into a buffer of at least the text's length and <see cref="Padding"/>; returns the folded length.</summary>
    public static int Fold(ReadOnlySpan<byte> text, Span<byte> folded, ref TextFacts facts)
    {
        facts.IsAscii = Ascii.IsValid(text);
        var length = 0;
        if (facts.IsAscii)
        {
            Ascii.ToLower(text, folded, out length);
        }
        else
        {
            var pass = new FoldingPass(text, folded);
            pass.Run();
            length = pass.Written;
            facts = pass.Facts;
        }

        folded.Slice(length, Padding).Clear();
        facts.Signs = SignScan.Of(folded, length);
        return length;
    }
}
