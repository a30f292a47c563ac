using System.Buffers;
using System.Globalization;
using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds characters that nobody sees: zero-width ones, direction overrides, tags, stray variation selectors and control characters. Emoji
/// sequences, joiners of Indic and Arabic scripts, and direction marks in text from right to left are what they are made for.
/// The text is judged as it is, so the action is a flag, never a neutralisation.
/// </summary>
public sealed class InvisibleCharacterRule : IHardeningRule
{
    private const int ManyOfThem = 8;
    private const int Run = 3;

    private static readonly SearchValues<byte> AsciiControls =
        SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    /// <inheritdoc/>
    public string Name => "invisible-character";

    /// <inheritdoc/>
    public int Version => 6;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Untrusted;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.Folded.Facts.IsAscii)
        {
            var at = field.Text.IndexOfAny(AsciiControls);
            if (at >= 0)
            {
                // Backspaces, deletes and escapes change what a person sees.
                var changing = field.Text.IndexOfAny((byte)8, (byte)27, (byte)127);
                at = changing >= 0 ? changing : at;
                findings.Add(field, changing >= 0 ? HardeningSeverity.Medium : HardeningSeverity.Low, at, $"U+{field.Text[at]:X4}: a control character");
            }
        }
        else
        {
            if (field.Folded.Facts.Invisibles > 0)
            {
                Walk(field, findings);
            }

            if (OddSpaces.InText(field.Text) is >= 0 and var space)
            {
                findings.Add(field, HardeningSeverity.Medium, space, "spaces of many widths");
            }
        }

        if (field.Folded.Facts.HasLongGap && OddSpaces.AtLineEnd(field.Text) is >= 0 and var end)
        {
            findings.Add(field, HardeningSeverity.Medium, end, "blanks and tabs in turn where a line ends");
        }
    }

    private static void Walk(in HardeningField field, FindingList findings)
    {
        var text = field.Text;
        var (odd, run, row, selectors) = (0, 0, 0, 0);
        var drawn = HasBrailleDots(text);
        var (before, beforeThat) = (default(Rune), default(Rune));
        for (var at = 0; at < text.Length && !findings.IsFull;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var size);
            if (rune.Value == 0x1F3F4)
            {
                // England, Scotland and Wales are a black flag and tags.
                size += RegionFlag(text[(at + size)..]);
            }
            else if (rune.Value >= 0x7F || AsciiControls.Contains((byte)rune.Value))
            {
                Rune.DecodeFromUtf8(text[(at + size)..], out var after, out _);
                row = Follows(rune) && !(drawn && rune.Value == 0x2800) ? row + 1 : 0;
                selectors = IsSelector(rune) ? selectors + 1 : 0;
                if ((Row(rune, row, selectors) ?? SeverityOf(rune, before, beforeThat, after, at, field.Folded.Facts.HasRightToLeft)) is { } severity)
                {
                    odd++;
                    run++;
                    findings.Add(
                        field,
                        odd == ManyOfThem && severity >= HardeningSeverity.Medium ? HardeningSeverity.High : run >= Run ? Graver(severity) : severity,
                        at,
                        $"U+{rune.Value:X4}: {What(rune)}");
                }
            }

            (row, selectors) = rune.Value < 0x7F ? (0, 0) : (row, selectors);
            run = IsJoining(rune) || rune.Value is 0x00AD or (>= 0x202A and <= 0x202E) ? run : 0;
            // A tag or a selector belongs to what came before it.
            (before, beforeThat) = IsJoining(rune) && rune.Value != 0x200D ? (before, beforeThat) : (rune, before);
            at += size;
        }
    }

    // Blank cells between dots are a text or a drawing in braille.
    private static bool HasBrailleDots(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length - 2; at++)
        {
            var next = text[at..].IndexOf((byte)0xE2);
            if (next < 0)
            {
                return false;
            }

            at += next;
            if (at < text.Length - 2 && text[at + 1] is >= 0xA0 and <= 0xA3 && (text[at + 1] > 0xA0 || text[at + 2] > 0x80))
            {
                return true;
            }
        }

        return false;
    }

    // One joiner or selector belongs to its neighbours; three in a row, or a second selector, belong to nobody.
    private static HardeningSeverity? Row(Rune rune, int row, int selectors) =>
        selectors >= 2 ? HardeningSeverity.High : row >= Run && rune.Value is not (>= 0xE0000 and <= 0xE007F) ? HardeningSeverity.Medium : null;

    private static bool Follows(Rune rune) => rune.Value is (>= 0x200B and <= 0x200F) or 0x061C or 0x00AD or (>= 0xFE00 and <= 0xFE0F) or (>= 0x2060 and <= 0x2065) or 0xFEFF or 0x2800 or 0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x034F or 0x180E;

    private static bool IsSelector(Rune rune) => rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x180B and <= 0x180D);

    // The bytes of the tags that make the flag of a region of a black one; 0 where they spell something else.
    private static int RegionFlag(ReadOnlySpan<byte> tags)
    {
        const int TagSize = 4;
        Span<char> spelled = stackalloc char[8];
        for (var count = 0; count < spelled.Length; count++)
        {
            Rune.DecodeFromUtf8(tags[Math.Min(tags.Length, count * TagSize)..], out var tag, out _);
            if (tag.Value == 0xE007F)
            {
                return spelled[..count] is "gbeng" or "gbsct" or "gbwls" || (count == 4 && spelled[..2] is "us" or "ca") ? (count + 1) * TagSize : 0;
            }

            if (tag.Value is < 0xE0020 or > 0xE007E)
            {
                return 0;
            }

            spelled[count] = (char)(tag.Value - 0xE0000);
        }

        return 0;
    }

    private static HardeningSeverity? SeverityOf(Rune rune, Rune before, Rune beforeThat, Rune after, int at, bool rightToLeft) => rune.Value switch
    {
        8 or 27 or 127 => HardeningSeverity.Medium,
        < 0x20 or (>= 0x7F and <= 0x9F and not 0x85) => HardeningSeverity.Low,
        0x00AD => HardeningSeverity.Low,
        // Persian parts an ending from a foreign word by it.
        0x200C when after.Value is >= 0x0620 and <= 0x06FF => null,
        0x200C or 0x200D => Joins(before) || Joins(beforeThat) ? null : BetweenLetters(before, after),
        0x200E or 0x200F or 0x061C => rightToLeft ? null : HardeningSeverity.Medium,
        0x202D or 0x202E => rightToLeft ? HardeningSeverity.Medium : HardeningSeverity.High,
        (>= 0x202A and <= 0x202C) or (>= 0x2066 and <= 0x2069) => rightToLeft ? null : HardeningSeverity.Medium,
        0x200B => IsIdeograph(before) && IsIdeograph(after) ? HardeningSeverity.Low : IsUnspaced(before) || IsUnspaced(after) ? null : BetweenLetters(before, after),
        0xFEFF => at == 0 ? null : BetweenLetters(before, after),
        0x2060 => BetweenLetters(before, after),
        >= 0xFE00 and <= 0xFE0F => TakesSelector(before) ? null : HardeningSeverity.Medium,
        >= 0xE0100 and <= 0xE01EF => IsIdeograph(before) ? null : HardeningSeverity.High,
        >= 0xE0000 and <= 0xE007F => HardeningSeverity.High,
        0x034F or (>= 0x180B and <= 0x180F) => Joins(before) || before.Value is >= 0x1800 and <= 0x18AF ? null : HardeningSeverity.Medium,
        0x115F or 0x1160 => IsJamo(before) || IsJamo(after) ? null : HardeningSeverity.Medium,
        // Signs of musical, shorthand and hieroglyphic notation that shape others; a braille cell without dots, save among braille.
        (>= 0x1D173 and <= 0x1D17A) or (>= 0x1BCA0 and <= 0x1BCA3) or (>= 0x13430 and <= 0x13440) or 0x1D159 => Notates(before) ? null : HardeningSeverity.Medium,
        0xFFFC => HardeningSeverity.Low,
        (>= 0xFFF0 and <= 0xFFF8) or (>= 0xFDD0 and <= 0xFDEF) or 0xFFFE or 0xFFFF => HardeningSeverity.Medium,
        0x2800 => before.Value is >= 0x2801 and <= 0x28FF || after.Value is >= 0x2801 and <= 0x28FF || !(Rune.IsLetterOrDigit(before) && Rune.IsLetterOrDigit(after)) ? null : HardeningSeverity.Medium,
        0x17B4 or 0x17B5 or 0x3164 or 0xFFA0 or (>= 0x2061 and <= 0x2065) or (>= 0x206A and <= 0x206F) or (>= 0xFFF9 and <= 0xFFFB) => HardeningSeverity.Medium,
        >= 0xE0080 and <= 0xE0FFF => HardeningSeverity.High,
        0x16FE4 => HardeningSeverity.Medium,
        // Noncharacters, the last two of every plane.
        _ => (rune.Value & 0xFFFE) == 0xFFFE ? HardeningSeverity.Medium : null,
    };

    private static bool IsJamo(Rune rune) => rune.Value is >= 0x1100 and <= 0x11FF and not 0x115F and not 0x1160;

    private static bool Notates(Rune rune) => rune.Value is (>= 0x1D100 and <= 0x1D1FF) or (>= 0x1BC00 and <= 0x1BCAF) or (>= 0x13000 and <= 0x1345F);

    private static HardeningSeverity Graver(HardeningSeverity severity) => severity == HardeningSeverity.Low ? HardeningSeverity.Medium : severity;

    private static HardeningSeverity BetweenLetters(Rune before, Rune after) =>
        Rune.IsLetter(before) && (Rune.IsLetter(after) || IsJoining(after)) ? HardeningSeverity.Medium : HardeningSeverity.Low;

    private static bool IsJoining(Rune rune) => rune.Value is (>= 0x200B and <= 0x200D) or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0000 and <= 0xE0FFF) or 0x2060 or 0xFEFF;

    // Emoji, and the scripts whose letters are joined or kept apart by these characters.
    private static bool Joins(Rune rune) => rune.Value is
        (>= 0x0600 and <= 0x0DFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x18AF) or (>= 0x1A00 and <= 0x1CFF) or (>= 0xA800 and <= 0xABFF)
        or (>= 0x1F000 and <= 0x1FAFF) or (>= 0x2190 and <= 0x2BFF) or (>= 0xFB50 and <= 0xFDFF) or (>= 0xFE70 and <= 0xFEFC);

    // Thai, Lao, Tibetan, Myanmar and Khmer have no spaces, and in Japanese and Chinese a line may break there.
    private static bool IsUnspaced(Rune rune) => rune.Value is
        (>= 0x0E00 and <= 0x0FFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) or (>= 0x3000 and <= 0x30FF) or (>= 0x4E00 and <= 0x9FFF);

    private static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static bool TakesSelector(Rune rune) =>
        Joins(rune) || IsIdeograph(rune) || rune.Value is (byte)'#' or (byte)'*' or (>= '0' and <= '9') or 0x00A9 or 0x00AE or (>= 0x2000 and <= 0x2BFF) or (>= 0x3000 and <= 0x33FF)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol;

    private static string What(Rune rune) => rune.Value switch
    {
        < 0x20 or (>= 0x7F and <= 0x9F) => "a control character",
        0x00AD => "a soft hyphen",
        0x202D or 0x202E => "a direction override",
        0x200E or 0x200F or 0x061C or (>= 0x202A and <= 0x202C) or (>= 0x2066 and <= 0x2069) => "a direction mark in text from left to right",
        (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) => "a variation selector without a character that varies",
        >= 0xE0000 and <= 0xE0FFF => "a tag character",
        0x115F or 0x1160 or 0x3164 or 0xFFA0 or 0x2800 => "a filler that looks like a space",
        _ => "a character of no width",
    };
}
