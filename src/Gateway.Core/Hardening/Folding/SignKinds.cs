namespace Gateway.Core.Hardening.Folding;

/// <summary>Which signs a folded text has anywhere, so that a rule for what is written with them can leave a text without.</summary>
[Flags]
internal enum SignKinds : byte
{
    /// <summary>None of these.</summary>
    None = 0,

    /// <summary><c>&lt;</c>.</summary>
    Less = 1,

    /// <summary>One of <c>[ \ { | ^ ~</c>.</summary>
    Openers = 2,

    /// <summary><c>]</c> or <c>}</c>.</summary>
    Closers = 4,

    /// <summary><c>%</c> or <c>&amp;</c>.</summary>
    Codes = 8,

    /// <summary>A double or single quotation mark.</summary>
    Quotes = 16,

    /// <summary>The end of a line.</summary>
    LineEnds = 32,

    /// <summary>A backtick.</summary>
    Backticks = 64,

    /// <summary><c>&gt;</c>.</summary>
    Greater = 128,
}
