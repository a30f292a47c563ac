using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds text that closes what holds a response: ends of a host's format (<see cref="HostEnds"/>), marks of judges' prompts such as "[The End of Assistant A's Answer]"
/// in whatever signs and in many languages, and headings of such prompts.
/// </summary>
public sealed class TemplateBreakRule : IHardeningRule
{
    private const int MostMarksAsked = 64;
    private const int LongestTag = 48;

    private static readonly TermClass[] Matter = [TermClass.Mark, TermClass.Judge];

    /// <inheritdoc/>
    public string Name => "template-break";

    /// <inheritdoc/>
    public int Version => 10;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        Terms(field, findings);
        SetOff(field, findings);
        HostEnds.Inspect(field, findings);
    }

    private static void Terms(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        foreach (var hit in field.Folded.Terms)
        {
            if (hit.Class == TermClass.Mark && IsSetOff(folded, hit))
            {
                AddAt(field, findings, HardeningSeverity.High, hit.At, "a mark that a judge's prompt may hold");
                if (findings.IsFull)
                {
                    return;
                }
            }
        }
    }

    // In brackets, behind a heading's sign, between rules, or alone in capitals before a line's end.
    private static bool IsSetOff(ReadOnlySpan<byte> folded, TermHit hit)
    {
        var before = hit.At;
        while (before > 0 && (folded[before - 1] == ' ' || folded[before - 1] == '*'))
        {
            before--;
        }

        var sign = before == 0 ? (byte)'\n' : folded[before - 1];
        if (sign is (byte)'[' or (byte)'#' or (byte)'<' or (byte)'=' or (byte)'|' or (byte)'{' || (sign is (byte)'-' && before >= 2 && folded[before - 2] == '-'))
        {
            return true;
        }

        if (sign != '\n')
        {
            return false;
        }

        var after = folded[hit.End..];
        var end = after.IndexOf((byte)'\n');
        after = (end < 0 ? after : after[..end]).TrimStart(" *"u8);
        return after.StartsWith("]"u8) || after.StartsWith(":"u8) || after.StartsWith("=="u8) || after.StartsWith("--"u8) || after.IsEmpty;
    }

    private static void SetOff(in HardeningField field, FindingList findings)
    {
        if ((field.Folded.Facts.Signs & (SignKinds.Less | SignKinds.Openers | SignKinds.LineEnds)) == 0 && SetOffMarks.IsLongLine(field.Folded.Bytes))
        {
            return;
        }

        var marks = new SetOffMarks(field.Folded.Bytes);
        var asked = 0;
        for (int at; !findings.IsFull && (at = marks.Next(out var severity)) >= 0;)
        {
            if (marks.NeedsCapitals && (asked++ >= MostMarksAsked || !IsCapital(field.Text[field.Original(at)..])))
            {
                continue;
            }

            AddAt(field, findings, severity, at, "a mark that a judge's prompt may hold");
        }
    }

    private static bool IsCapital(ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, LongestTag)].IndexOfAny("\n]>"u8);
        var capitals = 0;
        foreach (var rune in new Utf8Runes(end < 0 ? text[..Math.Min(text.Length, LongestTag)] : text[..end]))
        {
            if (System.Text.Rune.IsLower(rune))
            {
                return false;
            }

            capitals += System.Text.Rune.IsUpper(rune) ? 1 : 0;
        }

        return capitals >= 3;
    }

    private static void AddAt(in HardeningField field, FindingList findings, HardeningSeverity severity, int foldedAt, string what)
    {
        var at = field.Original(foldedAt);
        findings.Add(field, Context.Weigh(field, severity, at, Matter), at, what);
    }
}
