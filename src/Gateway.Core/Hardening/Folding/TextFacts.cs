namespace Gateway.Core.Hardening.Folding;

/// <summary>What one pass over a text tells all rules, so that each can leave clean text at once.</summary>
internal struct TextFacts
{
    /// <summary>True where every byte is ASCII.</summary>
    public bool IsAscii;

    /// <summary>Which signs the folded text has.</summary>
    public SignKinds Signs;

    /// <summary>How many characters nobody sees, in text that is not ASCII.</summary>
    public int Invisibles;

    /// <summary>True where a letter is written from right to left.</summary>
    public bool HasRightToLeft;

    /// <summary>True for text of Thai or Lao, whose words stand together, so that a term may begin anywhere.</summary>
    public bool HasThaiOrLao;

    /// <summary>How many words mix Latin letters with letters that pass for them.</summary>
    public int MixedWords;

    /// <summary>Where the first of them begins, in bytes of the text.</summary>
    public int MixedAt;

    /// <summary>How many letters are of alphabets made for mathematics or set in circles.</summary>
    public int StyledLetters;

    /// <summary>Where the first of them is, in bytes of the text.</summary>
    public int StyledAt;

    /// <summary>Where letters that stand apart begin, in bytes of the folded text; -1 where there are none.</summary>
    public int SpacedAt;

    /// <summary>Where the first word of an odd length begins, in bytes of the folded text; -1 where there is none.</summary>
    public int LongWordAt;

    /// <summary>False where a word begins at least every twenty bytes, so that there is no long run of white space.</summary>
    public bool HasLongGap;

    /// <summary>False where no four words of two bytes stand a byte apart, as pairs of hexadecimal digits do.</summary>
    public bool HasPairs;

    /// <summary>False where the folded text has nothing with which tags, brackets, braces, fences, escapes and entities begin.</summary>
    public readonly bool HasSigns => (Signs & (SignKinds.Less | SignKinds.Openers | SignKinds.Codes | SignKinds.Backticks)) != 0;
}
