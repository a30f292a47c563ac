using System.Globalization;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Responses without a letter or a digit: what they are made of, and whether that can answer the prompt.</summary>
internal static class SymbolAnswer
{
    private const int ManySymbols = 12;
    private const int ManyPictures = 40;

    /// <summary>True where no character is a letter or a digit, save signs of punctuation that Unicode counts as letters.</summary>
    public static bool HasNoWord(ReadOnlySpan<byte> text)
    {
        foreach (var rune in new Utf8Runes(text))
        {
            if (!Signs.IsPictograph(rune) && (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.OtherSymbol or UnicodeCategory.OtherNotAssigned)
                && !SentenceMarks.Contains(rune) && !SentenceMarks.Repeats(rune))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Adds what such a response is found to be.</summary>
    public static void Inspect(in HardeningField field, FindingList findings)
    {
        var (marks, symbols, pictures, technical) = (0, 0, 0, 0);
        var (alone, isOne, hasNoun) = (default(Rune), true, false);
        foreach (var rune in new Utf8Runes(field.Text))
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.Control or UnicodeCategory.Format
                || (rune.IsBmp && FoldTable.KindOf((char)rune.Value) == CharacterKinds.Invisible))
            {
                continue;
            }

            isOne &= symbols == 0 || rune == alone;
            alone = rune;
            hasNoun |= IsNoun(rune);
            technical += Signs.IsTechnical(rune) ? 1 : 0;
            pictures += category is UnicodeCategory.OtherSymbol or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierSymbol && rune.Value > 0x7F ? 1 : 0;
            marks += SentenceMarks.Contains(rune) ? 1 : 0;
            symbols++;
        }

        var found = symbols == 0 ? OfNothing(field.Text.IsEmpty, field.Prompt)
            : marks == symbols && !(symbols == 1 && SentenceMarks.IsSign(alone)) && !(symbols == 2 && alone.Value == '-') ? OfMarks(field.Prompt, isOne ? alone : default)
            : pictures > 0 ? OfPictures(field.Prompt, symbols, technical)
            : hasNoun && symbols <= ManySymbols ? null
            : OfSymbols(field.Prompt, symbols);
        if (found is var (severity, what))
        {
            findings.Add(field, severity, 0, what);
        }
    }

    // Policies do emit an immediate end of text; that is for the model to score.
    private static (HardeningSeverity, string)? OfNothing(bool isEmpty, ReadOnlySpan<byte> prompt) =>
        AskedFor.Nothing(prompt) ? (HardeningSeverity.Low, "nothing, as was asked for")
        : isEmpty ? (HardeningSeverity.Medium, "an empty response") : (HardeningSeverity.High, "a response of white space");

    private static (HardeningSeverity, string)? OfMarks(ReadOnlySpan<byte> prompt, Rune mark) =>
        (AskedFor.Marks(prompt) || IsQuoted(prompt, mark) || AskedFor.Nothing(prompt) ? HardeningSeverity.Low : AskedFor.MarksPerhaps(prompt) ? HardeningSeverity.Medium : HardeningSeverity.High, "a response of punctuation alone");

    // "What does print("=" * 5) print?"
    private static bool IsQuoted(ReadOnlySpan<byte> prompt, Rune mark)
    {
        Span<byte> quoted = stackalloc byte[6];
        var length = 1 + mark.EncodeToUtf8(quoted[1..]);
        foreach (var quote in "\"'`"u8)
        {
            (quoted[0], quoted[length]) = (quote, quote);
            if (prompt.IndexOf(quoted[..(length + 1)]) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    // A picture may answer small talk, and a box, a die or an alchemist's sign only whoever asks for one.
    private static (HardeningSeverity, string)? OfPictures(ReadOnlySpan<byte> prompt, int symbols, int technical) =>
        AskedFor.Nothing(prompt) ? null
        : ((symbols > ManyPictures || technical * 2 > symbols || AskedFor.Fact(prompt) || AskedFor.Task(prompt)) && !AskedFor.Symbols(prompt) ? HardeningSeverity.Medium : HardeningSeverity.Low, "a response of pictures alone");

    private static (HardeningSeverity, string)? OfSymbols(ReadOnlySpan<byte> prompt, int symbols) =>
        (!AskedFor.Symbols(prompt) && !AskedFor.Nothing(prompt)) || symbols > ManySymbols ? (HardeningSeverity.Medium, "a response of symbols alone") : null;

    // The empty set and infinity are answers to many questions, as in "(-∞, ∞)".
    private static bool IsNoun(Rune rune) => rune.Value is 0x2205 or 0x221E or 0x2300 or 0x29B0;
}
