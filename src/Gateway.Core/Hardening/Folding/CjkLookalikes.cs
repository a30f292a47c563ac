using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Characters that are made to show an ideograph's part or an older encoding's copy of it and pass for the ideograph: radicals (Kangxi's and the
/// supplement's), and compatibility ideographs, which every normal form but the written one replaces.
/// </summary>
internal static class CjkLookalikes
{
    private const int ManyRadicals = 2;
    private const int ManyCopies = 3;

    private static readonly string[] Asked = ["radical", "unicode", "kangxi", "compatib", "bushu", "部首", "偏旁", "康熙", "部首名", "부수", "码点", "文字コード", "异体", "異体", "旧字"];

    /// <summary>Where the first of them stands in the text; -1 where there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isMany">True where they are too many for what a copied page has.</param>
    public static int Find(ReadOnlySpan<byte> text, out bool isMany)
    {
        var (radicals, copies, first) = (0, 0, -1);
        for (var at = 0; at < text.Length - 2 && radicals < ManyRadicals && text[at..].IndexOfAny((byte)0xE2, (byte)0xEF, (byte)0xF0) is >= 0 and var next; at++)
        {
            at += next;
            var rest = text[at..];
            var isRadical = rest is [0xE2, >= 0xBA, ..];
            var isCopy = (rest is [0xEF, >= 0xA4 and <= 0xAB, ..] && !IsOwn(rest)) || rest is [0xF0, 0xAF, >= 0xA0 and <= 0xA8, ..];
            radicals += isRadical ? 1 : 0;
            copies += isCopy ? 1 : 0;
            first = first < 0 && (isRadical || isCopy) ? at : first;
        }

        isMany = radicals >= ManyRadicals || (copies >= ManyCopies && !HasHangul(text));
        return first;
    }

    /// <summary>True where the prompt is about parts of ideographs or their encodings, or has such ones itself.</summary>
    public static bool AreAsked(ReadOnlySpan<byte> prompt)
    {
        var asked = Encoding.UTF8.GetString(prompt).ToLowerInvariant();
        return Array.Exists(Asked, word => asked.Contains(word, StringComparison.Ordinal)) || Find(prompt, out _) >= 0;
    }

    // Korean keyboards write an ideograph with several readings by a copy for each.
    private static bool HasHangul(ReadOnlySpan<byte> text) => text.IndexOfAny((byte)0xEB, (byte)0xEC) >= 0;

    // Twelve of the block are ideographs of their own, and names are written with them.
    private static bool IsOwn(ReadOnlySpan<byte> rest) =>
        rest.Length > 2 && rest[1] == 0xA8 && rest[2] is 0x8E or 0x8F or 0x91 or 0x93 or 0x94 or 0x9F or 0xA1 or 0xA3 or 0xA4 or 0xA7 or 0xA8 or 0xA9;
}
