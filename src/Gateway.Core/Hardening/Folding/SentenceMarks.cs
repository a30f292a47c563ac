using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Punctuation: what ends, parts or sets off a sentence, and so is never what it says.</summary>
internal static class SentenceMarks
{
    /// <summary>True for punctuation of any script.</summary>
    public static bool Contains(Rune rune) => rune.Value is
        '.' or ',' or ':' or ';' or '!' or '?' or '\'' or '"' or '`' or '*' or '_' or '#' or '|' or '~' or '-' or '=' or 0x00A1 or 0x00BF or 0x00AB or 0x00BB or 0x00B7
        or (>= 0x2010 and <= 0x2027) or 0x2032 or 0x2033 or 0x203C or 0x203D or (>= 0x2047 and <= 0x2049) or (>= 0x3001 and <= 0x3003) or (>= 0x300C and <= 0x300F) or 0x3010 or 0x3011 or 0x301C
        or 0x30FB or 0x060C or 0x061B or 0x061F or 0x06D4 or 0x0964 or 0x0965 or 0x037E or 0x0387 or 0x055D or 0x055E or 0x0589 or 0x05BE or 0x05C3 or 0x0E2F or 0x104A or 0x104B
        or 0x1362 or 0x17D4 or 0x2E2E or 0x2E3A or 0x2E3B or (>= 0xFE10 and <= 0xFE19) or 0xFE30 or 0xFE50 or 0xFE52 or (>= 0xFE54 and <= 0xFE57)
        or 0xFF01 or 0xFF02 or 0xFF07 or 0xFF0C or 0xFF0D or 0xFF0E or 0xFF1A or 0xFF1B or 0xFF1F or 0xFF3F or 0xFF5E or 0xFF61 or 0xFF64 or 0xFF65;

    /// <summary>True for signs that repeat or lengthen what stands before them, which Unicode counts as letters: alone they say nothing.</summary>
    public static bool Repeats(Rune rune) => rune.Value is 0x0640 or 0x0E46 or 0x0EC6 or 0x17D7 or 0x3005 or 0x3006 or 0x303B or 0x309D or 0x309E or 0x30FC or 0x30FD or 0x30FE or 0xFF70;

    /// <summary>True for those that are an operator or a wildcard when they stand alone.</summary>
    public static bool IsSign(Rune rune) => rune.Value is '*' or '_' or '#' or '|' or '~' or '-' or '=' or 0x2212 or 0x00B7;
}
