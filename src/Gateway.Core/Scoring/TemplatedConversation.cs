namespace Gateway.Core.Scoring;

/// <summary>Takes templated text apart, for models that read conversations only.</summary>
public static class TemplatedConversation
{
    /// <summary>
    /// The turns before the judged one, and the judged one, as the template that wrote the text has them; null where the text is not this template's. A
    /// system turn that the template writes by itself is left out, and so is one token before the first turn.
    /// </summary>
    public static ItemBody.Conversation? Of(ChatTemplate template, ItemBody.Templated templated)
    {
        var (header, start, length) = template.FindResponse(templated);
        return header >= 0 && TurnsOf(template, templated.Text.Slice(0, header)) is { } turns
            ? new ItemBody.Conversation(turns, [template.Trimmed(templated.Text.Slice(start, length))])
            : null;
    }

    private static List<Message>? TurnsOf(ChatTemplate template, Utf8Text text)
    {
        var turns = new List<Message>();
        var (at, opened) = NextHeader(template, text, 0);
        if (!IsOneToken(text.Span[..at].Trim(" \t\r\n"u8)))
        {
            return null;
        }

        while (opened is { } turn)
        {
            var from = at + turn.Before.Length;
            (at, opened) = NextHeader(template, text, from);
            var content = text.Slice(from, at - from);
            turns.Add(new Message(turn.Role, template.Trimmed(content.Slice(0, content.Length - ClosingLength(content.Span, turn.After.Span)))));
        }

        if (template.DefaultSystem is { } own && turns is [{ Role: ChatTemplate.SystemRole } first, ..] && first.Content == new Utf8Text(own))
        {
            turns.RemoveAt(0);
        }

        return turns;
    }

    // The leftmost one; of two at the same place the longer.
    private static (int At, TurnHeader? Turn) NextHeader(ChatTemplate template, Utf8Text text, int from)
    {
        var (at, found) = (text.Length, (TurnHeader?)null);
        foreach (var header in template.Headers)
        {
            var next = text.Span[from..].IndexOf(header.Before.Span);
            if (next >= 0 && (from + next < at || (from + next == at && header.Before.Length > found!.Before.Length)))
            {
                (at, found) = (from + next, header);
            }
        }

        return (at, found);
    }

    // The last turn before the judged one may have lost the white space after its closing.
    private static int ClosingLength(ReadOnlySpan<byte> content, ReadOnlySpan<byte> after)
    {
        var bare = after.TrimEnd(" \t\r\n"u8);
        return content.EndsWith(after) ? after.Length : content.EndsWith(bare) ? bare.Length : 0;
    }

    private static bool IsOneToken(ReadOnlySpan<byte> lead) =>
        lead.IsEmpty || (lead[0] == '<' && lead[^1] == '>' && lead[1..^1].IndexOfAny("<> \t\r\n"u8) < 0);
}
