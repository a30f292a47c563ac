using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A word of Latin letters and of letters that pass for them, folded.</summary>
internal static class MixedWord
{
    /// <summary>
    /// True where the word reads as one Latin word: every foreign letter passes for a Latin one, and they are more than an ending. Formulas
    /// ("2πr", "Δx") and foreign names with an ending ("PDFки", "SMSка") are not.
    /// </summary>
    public static bool IsDisguised(ReadOnlySpan<byte> word)
    {
        var (letters, foreign, atEnd) = (0, 0, 0);
        foreach (var rune in new Utf8Runes(word))
        {
            var kind = rune.IsBmp ? FoldTable.KindOf((char)rune.Value) : CharacterKinds.None;
            var isForeign = (kind & CharacterKinds.LatinLike) != 0;
            if (isForeign && (kind & CharacterKinds.Confusable) == 0)
            {
                return false;
            }

            foreign += isForeign ? 1 : 0;
            atEnd = isForeign ? atEnd + 1 : 0;
            letters++;
        }

        return letters >= 3 && foreign < letters && (foreign > atEnd || (atEnd == 1 && letters >= 5));
    }

    /// <summary>
    /// True where a word of Cyrillic holds Latin letters that pass for Cyrillic ones: amid it, or one before it. A Latin name with an ending, and
    /// letters that nobody takes for Cyrillic, are no disguise.
    /// </summary>
    public static bool HidesLatin(ReadOnlySpan<byte> word)
    {
        var (letters, latin, changes, wasLatin) = (0, 0, 0, false);
        foreach (var rune in new Utf8Runes(word))
        {
            var isLatin = rune.Value is >= 'a' and <= 'z';
            if ((isLatin && !"aceiopxykmthb".Contains((char)rune.Value)) || (!isLatin && rune.Value is < 0x0400 or > 0x052F))
            {
                return false;
            }

            changes += letters > 0 && isLatin != wasLatin ? 1 : 0;
            latin += isLatin ? 1 : 0;
            wasLatin = isLatin;
            letters++;
        }

        return letters >= 4 && latin < letters && (changes >= 2 || (latin == 1 && changes == 1));
    }

    /// <summary>Writes the Latin letters in their place; returns the new length, which is never greater.</summary>
    public static int ToLatin(Span<byte> word)
    {
        var (read, written) = (0, 0);
        while (read < word.Length)
        {
            Rune.DecodeFromUtf8(word[read..], out var rune, out var size);
            read += size;
            var latin = rune.IsBmp ? new Rune(FoldTable.LatinOf((char)rune.Value)) : rune;
            written += latin.EncodeToUtf8(word[written..]);
        }

        return written;
    }
}
