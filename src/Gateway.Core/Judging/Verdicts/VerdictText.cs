using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>The part of a judge's reply in which a verdict may stand.</summary>
public static class VerdictText
{
    // Of a tag and this many characters behind it that also stand in a judged text, the judge quoted at least the tag.
    private const int QuotedBehind = 8;

    // A model closes its reasoning once; a reply full of tags is not worth the search.
    private const int MostTags = 64;

    /// <summary>
    /// What follows the last reasoning close tag of the content, or of the reasoning field where the content is empty; trimmed, never empty.
    /// </summary>
    /// <param name="reply">What the judge said.</param>
    /// <param name="judged">The texts that were judged: a close tag quoted from one of them, with what follows it there, closes nothing.</param>
    /// <exception cref="UnreadableVerdictException">The judge declined, was cut off, said nothing, or did not come to the end of its reasoning.</exception>
    public static string Of(JudgeReply reply, IReadOnlyList<string>? judged = null)
    {
        ThrowIfDeclined(reply);
        if (reply.Stop == JudgeStop.Length)
        {
            throw new UnreadableVerdictException("The reply was cut off because it was too long.");
        }

        var text = string.IsNullOrWhiteSpace(reply.Content) ? reply.Reasoning ?? "" : reply.Content;
        var answer = AfterReasoning(text, judged ?? []);
        return answer.Length > 0 ? answer.ToString() : throw new UnreadableVerdictException("The reply is empty.");
    }

    /// <summary>
    /// The judge's reasoning without its tags: what its server told apart, else what stands before the last reasoning close tag; null where there is none.
    /// </summary>
    /// <param name="reply">What the judge said.</param>
    /// <param name="judged">The texts that were judged, as for <see cref="Of"/>.</param>
    /// <exception cref="UnreadableVerdictException">The reply quotes too many tags.</exception>
    public static string? ReasoningOf(JudgeReply reply, IReadOnlyList<string>? judged = null)
    {
        var text = string.IsNullOrWhiteSpace(reply.Reasoning) ? reply.Content.AsSpan(0, LastClose(reply.Content, judged ?? [])).Trim() : reply.Reasoning.AsSpan().Trim();
        foreach (var close in ReasoningMarks.Closes)
        {
            if (text.EndsWith(close, StringComparison.OrdinalIgnoreCase))
            {
                text = text[..^close.Length].TrimEnd();
            }
        }

        foreach (var open in ReasoningMarks.Opens)
        {
            if (text.StartsWith(open, StringComparison.OrdinalIgnoreCase))
            {
                text = text[open.Length..].TrimStart();
            }
        }

        return text.IsEmpty ? null : text.ToString();
    }

    /// <summary>Throws where the server itself says that the judge declined.</summary>
    /// <exception cref="UnreadableVerdictException">It does.</exception>
    internal static void ThrowIfDeclined(JudgeReply reply)
    {
        if (reply.Stop == JudgeStop.Filtered || !string.IsNullOrWhiteSpace(reply.Refusal))
        {
            throw new UnreadableVerdictException("The judge declined to judge.", ErrorKind.JudgeRefused);
        }
    }

    /// <summary>Where the text behind the last reasoning close tag begins; 0 where there is none.</summary>
    internal static int AnswerStart(string text) => LastClose(text, []);

    private static ReadOnlySpan<char> AfterReasoning(string text, IReadOnlyList<string> judged)
    {
        var answer = text.AsSpan(LastClose(text, judged));
        if (OpensReasoning(answer))
        {
            throw new UnreadableVerdictException("The reasoning was begun and not closed, so that no answer follows it.");
        }

        return WithoutEnds(answer.Trim());
    }

    // Where the text behind the last close tag begins; 0 where there is none.
    private static int LastClose(string text, IReadOnlyList<string> judged)
    {
        var before = text.Length;
        for (var tags = 0; tags < MostTags; tags++)
        {
            var (at, length) = LastTag(text.AsSpan(0, before));
            if (at < 0)
            {
                return 0;
            }

            if (!IsQuoted(text.AsSpan(at), length, judged))
            {
                return at + length;
            }

            before = at;
        }

        throw new UnreadableVerdictException("The reply quotes too many reasoning tags.");
    }

    // One walk backwards over the characters with which a tag can end, whatever the number of tags.
    private static (int At, int Length) LastTag(ReadOnlySpan<char> text)
    {
        for (var end = text.Length; (end = text[..end].LastIndexOfAny('>', ']', '▷')) >= 0;)
        {
            foreach (var tag in ReasoningMarks.Closes)
            {
                if (text[..(end + 1)].EndsWith(tag, StringComparison.OrdinalIgnoreCase))
                {
                    return (end + 1 - tag.Length, tag.Length);
                }
            }
        }

        return (-1, 0);
    }

    private static bool IsQuoted(ReadOnlySpan<char> reply, int tag, IReadOnlyList<string> judged)
    {
        for (var i = 0; i < judged.Count; i++)
        {
            var rest = judged[i].AsSpan();
            for (int at; (at = rest.IndexOf(reply[..tag], StringComparison.Ordinal)) >= 0;)
            {
                rest = rest[(at + tag)..];
                var behind = rest[..Math.Min(QuotedBehind, rest.Length)].TrimEnd();
                if (behind.Length > 0 && reply[tag..].StartsWith(behind, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Only at the start of a line: elsewhere the judge speaks about a tag.
    private static bool OpensReasoning(ReadOnlySpan<char> answer)
    {
        foreach (var line in answer.EnumerateLines())
        {
            var start = line.TrimStart();
            foreach (var open in ReasoningMarks.Opens)
            {
                if (start.StartsWith(open, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> WithoutEnds(ReadOnlySpan<char> answer)
    {
        for (var i = 0; i < ReasoningMarks.Ends.Count; i++)
        {
            if (answer.EndsWith(ReasoningMarks.Ends[i], StringComparison.Ordinal))
            {
                answer = answer[..^ReasoningMarks.Ends[i].Length].TrimEnd();
                i = -1;
            }
        }

        return answer;
    }
}
