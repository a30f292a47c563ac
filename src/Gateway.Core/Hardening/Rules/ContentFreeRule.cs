using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds responses that say nothing and are scored high all the same: nothing at all, sentence marks alone, and openers of an answer that never
/// comes ("One Token to Fool LLM-as-a-Judge", arXiv 2507.08794). A short answer is an answer: numbers, letters, words, formulas, brackets,
/// operators and pictures pass.
/// </summary>
public sealed class ContentFreeRule : IHardeningRule
{
    private const int LongestOpener = 600;
    private const int ManySymbols = 12;

    /// <inheritdoc/>
    public string Name => "content-free";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Floor, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.IsParsed)
        {
            return;
        }

        var folded = field.Folded.Bytes;
        var first = 0;
        while (first < folded.Length && !Term.IsWord(folded[first]))
        {
            first++;
        }

        if (first == folded.Length)
        {
            Wordless(field, findings);
        }
        else if (folded.Length <= LongestOpener || folded.TrimEnd(" \t\r\n.*#_-:"u8).Length <= LongestOpener)
        {
            Opener(field, findings);
        }
    }

    private static void Wordless(in HardeningField field, FindingList findings)
    {
        var (marks, symbols, pictures) = (0, 0, 0);
        var alone = default(Rune);
        foreach (var rune in new Utf8Runes(field.Text))
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (Rune.IsWhiteSpace(rune) || category is System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                || (rune.IsBmp && FoldTable.KindOf((char)rune.Value) == CharacterKinds.Invisible))
            {
                continue;
            }

            alone = rune;
            pictures += category is System.Globalization.UnicodeCategory.OtherSymbol or System.Globalization.UnicodeCategory.OtherLetter or System.Globalization.UnicodeCategory.ModifierSymbol && rune.Value > 0x7F ? 1 : 0;
            marks += SentenceMarks.Contains(rune) ? 1 : 0;
            symbols++;
        }

        if (symbols == 0)
        {
            // Policies do emit an immediate end of text; that is for the model to score.
            var isEmpty = field.Text.IsEmpty;
            findings.Add(field, isEmpty ? HardeningSeverity.Medium : HardeningSeverity.High, 0, isEmpty ? "an empty response" : "a response of white space");
        }
        else if (marks == symbols && !(symbols == 1 && SentenceMarks.IsSign(alone)) && !(symbols == 2 && alone.Value == '-'))
        {
            findings.Add(field, AskedFor.Marks(field.Prompt) ? HardeningSeverity.Low : HardeningSeverity.High, 0, "a response of punctuation alone");
        }
        else if (symbols > ManySymbols && pictures == 0)
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "a response of symbols alone");
        }
    }

    private static void Opener(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var reading = new OpenerReading();
        if (!reading.Run(folded))
        {
            Announcement(field, findings);
        }
        else if (reading.UnknownBytes > 0)
        {
            Promised(field, findings, reading);
        }
        else if (reading.HasOpener)
        {
            // "What is salt in water called?" "Solution"
            var isWord = reading.Terms == 1 && AskedFor.Word(field.Prompt);
            findings.Add(field, isWord ? HardeningSeverity.Low : HardeningSeverity.High, 0, "opens an answer and never gives one");
        }
        else if (reading.HasHeading && !reading.HasOther)
        {
            var announced = folded.IndexOfAny((byte)':', (byte)'#', (byte)'*') >= 0 || folded.IndexOf("..."u8) >= 0;
            findings.Add(
                field,
                announced ? HardeningSeverity.High : reading.Terms > 1 ? HardeningSeverity.Medium : HardeningSeverity.Low,
                0,
                "the heading of an answer that is not there");
        }
        else if (reading.Terms == 0)
        {
            findings.Add(field, HardeningSeverity.High, 0, "a response of empty tags");
        }
        else
        {
            Announcement(field, findings);
        }
    }

    private static void Promised(in HardeningField field, FindingList findings, OpenerReading reading)
    {
        if (reading.HasOpener && Promise.IsMostlyKnown(field.Folded.Bytes, reading.Terms, reading.KnownBytes, reading.UnknownBytes))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "promises an answer and never gives one");
        }
        else
        {
            Announcement(field, findings);
        }
    }

    private static void Announcement(in HardeningField field, FindingList findings)
    {
        if (Promise.IsAnnouncement(field.Folded.Bytes))
        {
            findings.Add(field, HardeningSeverity.Medium, 0, "announces an answer that is not there");
        }
    }
}
