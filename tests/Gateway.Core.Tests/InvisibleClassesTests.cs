using System.Globalization;

namespace Gateway.Core.Tests;

/// <summary>Every character that nobody sees, by Unicode's classes: within a word it is found, save those that are named here and why.</summary>
public sealed class InvisibleClassesTests
{
    // By the property Default_Ignorable_Code_Point of Unicode, where the category does not say it; and letters and cells that are blank.
    private static readonly (int First, int Last)[] Ignorable =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x2800, 0x2800), (0x3164, 0x3164), (0xFDD0, 0xFDEF), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x16FE4, 0x16FE4), (0xE0000, 0xE0FFF),
    ];

    // White space is looked for by OddSpaces, in numbers; the signs of numbers, verses and abbreviations that Unicode counts as formats are seen.
    private static readonly (int First, int Last)[] Seen =
        [(0x0009, 0x000D), (0x0085, 0x0085), (0x0600, 0x0605), (0x06DD, 0x06DD), (0x070F, 0x070F), (0x0890, 0x0891), (0x08E2, 0x08E2), (0x110BD, 0x110BD), (0x110CD, 0x110CD)];

    [Fact]
    public void Characters_ThatNobodySees_AreFoundWithinAWord()
    {
        var missed = Enumerable.Range(0, 0x110000).Where(point => point is not (>= 0xD800 and <= 0xDFFF))
            .Where(point => IsUnseen(point) && !Holds(Seen, point))
            .Where(point => !DefaultPolicy.Findings("Which city is it?", $"Pa{char.ConvertFromUtf32(point)}ris").Any(finding => finding is { Rule: "invisible-character", Field: "response" }));

        Assert.Empty(missed.Select(point => $"U+{point:X4}"));
    }

    private static bool IsUnseen(int point) =>
        CharUnicodeInfo.GetUnicodeCategory(point) is UnicodeCategory.Format or UnicodeCategory.Control || (point & 0xFFFE) == 0xFFFE || Holds(Ignorable, point);

    private static bool Holds((int First, int Last)[] ranges, int point) => Array.Exists(ranges, range => point >= range.First && point <= range.Last);
}
