using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A term with its <see cref="TermKey"/>, so that most others are told from it without a look at their text.</summary>
/// <param name="Term">The term.</param>
/// <param name="Key">Its key.</param>
/// <param name="Behind">The first bytes of its second word.</param>
/// <param name="Known">The bits of them that are those of every text that the term begins.</param>
/// <param name="Shift">How many bits the key is shifted left to leave what is known of it.</param>
internal readonly record struct KeyedTerm(Term Term, ulong Key, uint Behind, uint Known, byte Shift)
{
    /// <summary>The term with its key.</summary>
    /// <exception cref="ArgumentException">It has fewer than four bytes.</exception>
    public static KeyedTerm Of(Term term)
    {
        if (term.Text.Length < LexiconTerms.FirstSize)
        {
            throw new ArgumentException($"The term '{System.Text.Encoding.UTF8.GetString(term.Text)}' has fewer than {LexiconTerms.FirstSize} bytes.");
        }

        var key = TermKey.Of(term, out var behind);
        return new KeyedTerm(term, key, behind, (uint)TermKey.LowestOf(TermKey.KnownBehind(term)), (byte)(8 * (TermKey.Size - TermKey.Known(term))));
    }

    /// <summary>How many bytes of the key are not known, and in the bits from the fourth on how many of the second word's are.</summary>
    public byte Code => (byte)((Shift / 8) | (BitOperations.PopCount(Known) / 8 << 3));

    /// <summary>False where no text of this key begins with the term.</summary>
    public bool MayBegin(ulong key, uint behind) => (key ^ Key) << Shift == 0 && ((behind ^ Behind) & Known) == 0;
}
