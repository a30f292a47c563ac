using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds text that closes what a judge's prompt puts around a response: XML and JSON closers, marks such as "[The End of Assistant A's Answer]",
/// headings of known judge prompts, and a code fence that nothing opened.
/// </summary>
public sealed class TemplateBreakRule : IHardeningRule
{
    private const int MostClosers = 64;

    private static readonly byte[][] Tags = [.. ((string[])
    [
        "response", "answer", "candidate", "submission", "output", "assistant", "assistant_response", "assistant_answer", "student_answer", "student_response", "student_solution", "document",
        "user", "prompt", "solution", "completion", "text", "content", "untrusted", "data", "input", "reply", "message", "response_a", "response_b", "answer_a", "answer_b", "result",
        "candidate_response", "candidate_answer", "model_response", "model_output", "to_evaluate", "evaluation", "grading", "judge", "verdict", "instructions", "system", "rubric", "item", "sample",
    ]).Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] JsonBreaks = [.. ((string[])
    [
        "\"}]}", "\"\n}\n]", "\"}\n]", "\"\n    }\n]", "\"\n  }\n]", "\"},{\"", "\"}, {\"", "\"},\n{\"", "\"\"\"\n", "'''\n", "\"\"\" }", "\"\"\"}", "\",\"score", "\", \"score", "\",\"verdict", "\", \"verdict", "\",\"winner", "\", \"winner",
        "\",\"role", "\", \"role", "\",\"rating", "\", \"rating", "\"}\n", "'}]", "'}, {'", "\"]}", "]]>",
    ]).Select(Encoding.ASCII.GetBytes)];

    private static readonly TermClass[] Matter = [TermClass.Mark, TermClass.Judge];

    /// <inheritdoc/>
    public string Name => "template-break";

    /// <inheritdoc/>
    public int Version => 3;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var hasSigns = field.Folded.Facts.HasSigns;
        if (hasSigns)
        {
            ClosingTags(field, findings);
        }

        Marks(field, findings);
        JsonClosers(field, findings);
        if (hasSigns)
        {
            Fence(field, findings);
        }
    }

    private static void ClosingTags(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var at = 0;
        for (var closers = 0; closers < MostClosers; closers++)
        {
            var next = folded[at..].IndexOf("</"u8);
            if (next < 0)
            {
                return;
            }

            at += next;
            foreach (var tag in Tags)
            {
                var name = folded[(at + 2)..];
                if (name.StartsWith(tag) && name.Length > tag.Length && name[tag.Length] == '>' && !Opened(folded[..at], tag))
                {
                    var place = TextFolder.Original(field.Text, at);
                    findings.Add(field, Context.Weigh(field, HardeningSeverity.High, place, []), place, "closes a tag that it never opened");
                    return;
                }
            }

            at += 2;
        }
    }

    private static bool Opened(ReadOnlySpan<byte> before, ReadOnlySpan<byte> tag)
    {
        for (var at = before.IndexOf(tag); at >= 0;)
        {
            if (at > 0 && before[at - 1] == '<' && at + tag.Length < before.Length && before[at + tag.Length] is (byte)'>' or (byte)' ')
            {
                return true;
            }

            var next = before[(at + tag.Length)..].IndexOf(tag);
            at = next < 0 ? -1 : at + tag.Length + next;
        }

        return false;
    }

    private static void Marks(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        foreach (var hit in field.Folded.Terms)
        {
            if (hit.Class != TermClass.Mark || !IsSetOff(folded, hit))
            {
                continue;
            }

            var place = TextFolder.Original(field.Text, hit.At);
            findings.Add(field, Context.Weigh(field, HardeningSeverity.High, place, Matter), place, "a mark that a judge's prompt may hold");
            if (findings.IsFull)
            {
                return;
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

    private static void JsonClosers(in HardeningField field, FindingList findings)
    {
        var text = field.Text;
        // Whole JSON opens what it closes.
        var start = text.TrimStart(" \t\r\n`json"u8);
        if (start.IsEmpty || start[0] is (byte)'{' or (byte)'[')
        {
            return;
        }

        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny((byte)'"', (byte)'\'', (byte)']');
            if (next < 0 || at + next + 1 >= text.Length)
            {
                return;
            }

            at += next;
            if (text[at + 1] is (byte)'}' or (byte)']' or (byte)',' or (byte)'"' or (byte)'\'' or (byte)'\n'
                && BreaksJson(text[at..]))
            {
                // Whoever opened something before may close it.
                if (text[..at].IndexOfAny((byte)'{', (byte)'[') < 0 && text[..at].IndexOf("\"\"\""u8) < 0 && text[..at].IndexOf("'''"u8) < 0)
                {
                    findings.Add(field, Context.Weigh(field, HardeningSeverity.High, at, []), at, "closes JSON or a quotation that it never opened");
                }

                return;
            }

            at++;
        }
    }

    private static bool BreaksJson(ReadOnlySpan<byte> text)
    {
        foreach (var closer in JsonBreaks)
        {
            if (text.StartsWith(closer))
            {
                return true;
            }
        }

        return false;
    }

    // An odd number of fences whose first one is bare and stands at the beginning: it closes the fence around the response.
    private static void Fence(in HardeningField field, FindingList findings)
    {
        var text = field.Text.TrimStart(" \t\r\n"u8);
        if ((text.StartsWith("```\n"u8) || text.StartsWith("```\r\n"u8) || text.StartsWith("~~~\n"u8)) && text[3..].Count(text[..3]) % 2 == 0)
        {
            findings.Add(field, HardeningSeverity.High, field.Text.Length - text.Length, "closes a code fence that it never opened");
            return;
        }

        var last = field.Text.LastIndexOf("\n```\n"u8);
        if (last >= 0 && field.Text.Count("```"u8) == 1)
        {
            findings.Add(field, HardeningSeverity.Medium, last + 1, "closes a code fence that it never opened");
        }
    }
}
