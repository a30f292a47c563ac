using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Folds text for comparison; what is judged is never changed.</summary>
internal static class TextFolder
{
    /// <summary>Room for what is read past the end.</summary>
    public const int Padding = WordStarts.Block + 16;

    /// <summary>What no tag, double bracket, code fence, escape or entity is written without.</summary>
    public static readonly SearchValues<byte> Signs = SearchValues.Create("<[\\&%`~"u8);

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
            var pass = new FoldingPass(text, folded, until: -1);
            pass.Run();
            length = pass.Written;
            facts = pass.Facts;
        }

        facts.HasSigns = folded[..length].ContainsAny(Signs);
        folded.Slice(length, Padding).Clear();
        return length;
    }

    /// <summary>Where in the text the byte of the folded text comes from; for a word that was changed, where the word begins.</summary>
    public static int Original(ReadOnlySpan<byte> text, int folded)
    {
        if (Ascii.IsValid(text))
        {
            return folded;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(text.Length + Padding);
        var pass = new FoldingPass(text, buffer, folded);
        pass.RunSlowly();
        ArrayPool<byte>.Shared.Return(buffer);
        return pass.Found >= 0 ? pass.Found : text.Length;
    }
}
