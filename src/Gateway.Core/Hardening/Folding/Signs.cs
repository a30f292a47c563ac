using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Signs by Unicode's blocks, as far as a response of them alone says nothing to whoever did not ask for one.</summary>
internal static class Signs
{
    /// <summary>
    /// True for the signs of keyboards, programs, drawings, games, tables and old sciences, which nobody says in talk: technical signs, control pictures, boxes,
    /// blocks, shapes, Braille, hexagrams, tiles, cards, alchemy, music, and arrows.
    /// </summary>
    public static bool IsTechnical(Rune rune) => rune.Value is
        (>= 0x2190 and <= 0x21FF) or (>= 0x2300 and <= 0x2319) or (>= 0x231C and <= 0x23E8) or (>= 0x2400 and <= 0x245F) or (>= 0x2500 and <= 0x25FF and not 0x25CB and not 0x25CF) or (>= 0x2630 and <= 0x2637)
        or (>= 0x2654 and <= 0x265F) or (>= 0x2669 and <= 0x266F) or (>= 0x2680 and <= 0x2691) or (>= 0x2756 and <= 0x2775) or (>= 0x27C0 and <= 0x2BFF and not 0x2B50 and not 0x2B55) or (>= 0x2E80 and <= 0x2FFF) or (>= 0x31C0 and <= 0x31EF)
        or (>= 0x4DC0 and <= 0x4DFF) or (>= 0xA490 and <= 0xA4C6) or (>= 0xFE20 and <= 0xFE4F) or (>= 0x10100 and <= 0x101FF) or (>= 0x1D000 and <= 0x1D37F) or (>= 0x1D800 and <= 0x1DAAF)
        or (>= 0x1F000 and <= 0x1F0FF and not 0x1F004 and not 0x1F0CF) or (>= 0x1F650 and <= 0x1F67F) or (>= 0x1F700 and <= 0x1F8FF) or (>= 0x1FA00 and <= 0x1FA6F) or (>= 0x1FB00 and <= 0x1FBEF)
        || IsPictograph(rune);

    /// <summary>True for what Unicode counts as letters and hardly anybody reads: sacred syllables that are one sign, hieroglyphs, cuneiform and the syllabaries of lost languages.</summary>
    public static bool IsPictograph(Rune rune) => rune.Value is
        0x0950 or 0x0A74 or 0x0AD0 or 0x0BD0 or 0x0F00 or (>= 0x10000 and <= 0x100FF) or (>= 0x10600 and <= 0x1077F) or (>= 0x12000 and <= 0x1254F) or (>= 0x13000 and <= 0x1467F) or (>= 0x1B170 and <= 0x1B2FF);
}
