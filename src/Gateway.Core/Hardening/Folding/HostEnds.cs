namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Ends of the format that a host may hold a response in, which the response never began: tags, template blocks, environments of TeX, parts of messages, rows of
/// tables, JSON, quotations, comments and code fences.
/// </summary>
internal static class HostEnds
{
    private const int MostClosers = 64;
    private const int LongestTag = 48;

    /// <summary>Adds what is found in one field.</summary>
    public static void Inspect(in HardeningField field, FindingList findings)
    {
        var hasSigns = field.Folded.Facts.HasSigns;
        if (hasSigns)
        {
            ClosingTags(field, findings);
            Blocks(field, findings);
        }

        if ((field.Folded.Facts.Signs & SignKinds.LineEnds) != 0)
        {
            MessagePart(field, findings);
            Row(field, findings);
        }

        Closers(field, findings);
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

            at += next + 2;
            var near = folded[at..Math.Min(folded.Length, at + LongestTag)];
            var end = near.IndexOf((byte)'>');
            // A name with an underscore is no tag of HTML, and hardly one of a text.
            var isPart = end > 0 && IsPart(near[..end]);
            if ((isPart || (end > 0 && IsName(near[..end]) && (near[..end].IndexOfAny((byte)'_', (byte)' ') > 0 || IsNumbered(near[..end])))) && !Opened(folded[..(at - 2)], near[..end].TrimEnd((byte)' ')))
            {
                AddAt(field, findings, isPart ? HardeningSeverity.High : HardeningSeverity.Medium, at - 2, "closes a tag that it never opened");
                return;
            }
        }
    }

    // "{% endblock %}" and "\end{answer}" without what they end.
    private static void Blocks(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var block = folded.IndexOf("{% end"u8);
        if (block >= 0 && folded[..block].IndexOf("{%"u8) < 0)
        {
            AddAt(field, findings, HardeningSeverity.Medium, block, "ends a template's block that it never began");
        }

        var tex = folded.IndexOf("\\end{"u8);
        var name = tex < 0 ? default : folded[(tex + 5)..Math.Min(folded.Length, tex + LongestTag)];
        var close = name.IndexOf((byte)'}');
        if (close > 0 && IsPart(name[..close]) && folded[..tex].IndexOf(name[..close]) < 0)
        {
            AddAt(field, findings, HardeningSeverity.High, tex, "ends an environment that it never began");
        }
    }

    // "</S1>", as the fields of some evaluators are named; "</h1>" is a heading's.
    private static bool IsNumbered(ReadOnlySpan<byte> tag) => tag.Length >= 2 && tag[0] != 'h' && char.IsAsciiDigit((char)tag[^1]) && char.IsAsciiLetter((char)tag[0]);

    private static bool IsName(ReadOnlySpan<byte> tag)
    {
        foreach (var letter in tag)
        {
            if (!Term.IsWord(letter) && letter is not ((byte)'_' or (byte)' ' or (byte)'-'))
            {
                return false;
            }
        }

        return ControlTokenForms.LengthAt(tag) == 0;
    }

    // "--boundary", and a header behind it.
    private static void MessagePart(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var part = folded.IndexOf("\ncontent-type:"u8);
        if (part > 0 && folded[(folded[..part].LastIndexOf((byte)'\n') + 1)..part].StartsWith("--"u8))
        {
            AddAt(field, findings, HardeningSeverity.Medium, part, "ends a part of a message that it never began");
        }
    }

    // "It is 72 km/h. | 1.0" and a row of a judge's table behind it: "What is 1 + 1? | 2 | 2 | 1.0".
    private static void Row(in HardeningField field, FindingList findings)
    {
        var folded = field.Folded.Bytes;
        var end = folded.IndexOf((byte)'\n');
        var bar = end > 0 ? folded[..end].IndexOf((byte)'|') : -1;
        if (bar <= 0 || folded[0] == '|' || folded.IndexOf("--"u8) >= 0 || !IsValue(folded[(bar + 1)..end]))
        {
            return;
        }

        var row = folded[(end + 1)..].TrimStart("\r\n "u8);
        var rowEnd = row.IndexOf((byte)'\n');
        row = rowEnd < 0 ? row : row[..rowEnd];
        if (row.Count((byte)'|') >= 2 && IsValue(row[(row.LastIndexOf((byte)'|') + 1)..]))
        {
            AddAt(field, findings, HardeningSeverity.Medium, bar, "ends a row of a judge's table");
        }
    }

    private static bool IsValue(ReadOnlySpan<byte> cell)
    {
        const int Longest = 8;
        var value = cell.Trim(" \t\r|"u8);
        return value.Length is > 0 and <= Longest && value.IndexOfAnyExcept("0123456789.,/%-+"u8) < 0;
    }

    private static bool IsPart(ReadOnlySpan<byte> tag)
    {
        var reading = new MarkReading();
        return reading.Run(tag) && reading.Parts + reading.OfJudges > 0;
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

    private static void Closers(in HardeningField field, FindingList findings)
    {
        var signs = field.Folded.Facts.Signs;
        if ((signs & (SignKinds.Quotes | SignKinds.Closers)) != 0 && QuoteClosers.Find(field.Text) is >= 0 and var at)
        {
            findings.Add(field, Context.Weigh(field, HardeningSeverity.High, at, []), at, "closes JSON or a quotation that it never opened");
        }

        if (((signs & SignKinds.LineEnds) != 0 || field.Text is [(byte)'*', ..]) && QuoteClosers.Comment(field.Text) is >= 0 and var comment)
        {
            findings.Add(field, HardeningSeverity.Medium, comment, "closes a comment that it never opened");
        }
    }

    // An odd number of fences whose first one is bare and stands at the beginning, or one that is closed before anything is in it.
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
            return;
        }

        // "```" and then "```json": nobody opens a fence to open another one at once.
        var first = field.Text.IndexOf("\n```\n"u8);
        if (first >= 0 && field.Text[..(first + 1)].IndexOf("```"u8) < 0 && field.Text[(first + 5)..].TrimStart(" \r\n"u8) is [(byte)'`', (byte)'`', (byte)'`', >= (byte)'a' and <= (byte)'z', ..])
        {
            findings.Add(field, HardeningSeverity.Medium, first + 1, "closes a code fence that it never opened");
            return;
        }

        var folded = field.Folded.Bytes;
        var bare = folded.IndexOf("\n```\n"u8);
        if (bare > 0 && folded[..bare].IndexOf("```"u8) < 0 && ClosesBeforeLabel(folded, bare))
        {
            AddAt(field, findings, HardeningSeverity.Medium, bare + 1, "closes a code fence that it never opened");
        }
    }

    // The fence ends prose, and what stands behind it is a judge's label or prose before a label that opens the next one.
    private static bool ClosesBeforeLabel(ReadOnlySpan<byte> folded, int fence)
    {
        if (EndsInColon(folded[..fence]))
        {
            return false;
        }

        var behind = folded[(fence + "\n```\n"u8.Length)..];
        var next = behind.IndexOf("\n```"u8);
        if (next >= 0 && behind is [(byte)'\n', ..] && EndsInColon(behind[..next]))
        {
            return true;
        }

        var line = behind.TrimStart("\r\n"u8);
        var colon = line[..Math.Min(line.Length, LongestTag)].IndexOfAny((byte)':', (byte)'\n');
        var mark = new MarkReading();
        return colon > 0 && line[colon] == ':' && mark.Run(line[..colon]) && mark.IsHeading;
    }

    private static bool EndsInColon(ReadOnlySpan<byte> folded) => folded.TrimEnd(" \t\r\n*"u8).EndsWith(":"u8);

    private static void AddAt(in HardeningField field, FindingList findings, HardeningSeverity severity, int foldedAt, string what)
    {
        var at = field.Original(foldedAt);
        findings.Add(field, Context.Weigh(field, severity, at, []), at, what);
    }
}
