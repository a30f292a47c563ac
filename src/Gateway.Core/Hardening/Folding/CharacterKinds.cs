namespace Gateway.Core.Hardening.Folding;

/// <summary>What a character is to the hardening rules.</summary>
[Flags]
internal enum CharacterKinds : byte
{
    /// <summary>Punctuation, a symbol or white space.</summary>
    None = 0,

    /// <summary>A letter, a mark or a digit.</summary>
    Word = 1,

    /// <summary>A letter of the Latin script.</summary>
    Latin = 2,

    /// <summary>A letter of a script whose letters pass for Latin ones: Cyrillic, Greek, Armenian, Cherokee.</summary>
    LatinLike = 4,

    /// <summary>One of those that does pass for a Latin one.</summary>
    Confusable = 8,

    /// <summary>A character that nobody sees.</summary>
    Invisible = 16,

    /// <summary>A letter written from right to left.</summary>
    RightToLeft = 32,

    /// <summary>A letter set in a circle, or a small capital.</summary>
    Circled = 64,

    /// <summary>A character of Thai or Lao.</summary>
    ThaiOrLao = 128,

    /// <summary>What is counted where it is found.</summary>
    Noted = Invisible | Circled,
}
