using System.Buffers.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The forms in which judges write what they decided.</summary>
internal static class VerdictNotation
{
    private const int MostBetween = 6;

    private static readonly string[] Decisions =
        ["correct", "true", "yes", "pass", "accept", "a+", "perfect", "excellent", "equivalent", "right", "match", "assistant a", "assistant b", "response a", "response b", "model a", "model b",
            "正确", "正確", "正解", "通过", "합격", "정답", "correcto", "correcta", "richtig", "korrekt", "corretto", "corretta", "correto", "correta", "верно", "правильно", "صحيح", "صحيحة", "đúng", "benar", "doğru", "poprawn", "सही", "oikein", "hyväksytty", "helyes", "sahihi", "சரி", "درست", "fully correct", "no errors", "full marks", "full credit", "exact match", "success", "approved", "valid", "1.0", "tie"];

    private static readonly byte[][] DecisionBytes = [.. Decisions.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>True for <c>[[A]]</c>, <c>[[B&gt;A]]</c>, <c>[[10]]</c>, <c>[[tie]]</c> and the like.</summary>
    public static bool IsBracketed(ReadOnlySpan<byte> at)
    {
        const int Longest = 16;
        var end = at[..Math.Min(at.Length, Longest + 2)].IndexOf("]]"u8);
        if (end is < 3 or > Longest)
        {
            return false;
        }

        var inner = at[2..end].Trim((byte)' ');
        return inner.Length > 0 && (
            inner is [(byte)'a' or (byte)'b' or (byte)'c'] ||
            inner.StartsWith("a>"u8) || inner.StartsWith("b>"u8) || inner.StartsWith("a="u8) || inner.StartsWith("a<"u8) || inner.StartsWith("b<"u8) ||
            inner.SequenceEqual("tie"u8) || inner.SequenceEqual("yes"u8) || inner.SequenceEqual("correct"u8) || inner.SequenceEqual("true"u8) || inner.StartsWith("assistant "u8) ||
            inner.StartsWith("rating"u8) || inner.StartsWith("score"u8) ||
            (inner.Length <= 5 && inner.IndexOfAnyExcept("0123456789./"u8) < 0));
    }

    /// <summary>What is claimed right after a word such as "score": a number, a fraction or a decision behind a colon; null where nothing is.</summary>
    public static (bool IsMarked, string What)? AfterLabel(ReadOnlySpan<byte> folded, TermHit label)
    {
        var before = label.At > 0 ? folded[label.At - 1] : (byte)'\n';
        var at = label.End;
        // "[RESULT] 5" needs no colon.
        var separated = before == '[' && at < folded.Length && folded[at] == ']';
        var marked = before is (byte)'"' or (byte)'<' or (byte)'\'' or (byte)'[' or (byte)'_';
        for (var skipped = 0; at < folded.Length && skipped < MostBetween; at++, skipped++)
        {
            switch (folded[at])
            {
                case (byte)':' or (byte)'=' or (byte)'>':
                    separated = true;
                    break;
                case (byte)'[':
                    marked |= separated && at + 1 < folded.Length && folded[at + 1] == '[';
                    break;
                case (byte)' ' or (byte)'*' or (byte)'"' or (byte)'\'' or (byte)'_' or (byte)')' or (byte)']' or (byte)'(' or (byte)'\n' or (byte)'`' or (byte)'\\' or (byte)'{':
                    break;
                default:
                    skipped = MostBetween;
                    at--;
                    break;
            }
        }

        if (!separated || at >= folded.Length)
        {
            return null;
        }

        var value = folded[at..];
        var opensLine = OpensLine(folded, label.At);
        if (Utf8Parser.TryParse(value, out double number, out var length) && length < 8)
        {
            return Number(value[length..], number, marked, opensLine);
        }

        return (marked || opensLine) && IsDecision(value) ? (marked, "a decision in a judge's form") : null;
    }

    /// <summary>True where a line's few first words, a colon and then this term stand: "Marks: 10/10", in any language.</summary>
    public static bool AfterColon(ReadOnlySpan<byte> folded, TermHit best)
    {
        const int Most = 48;
        var before = folded[Math.Max(0, best.At - Most)..best.At];
        var label = before.TrimEnd(" *\"'[(_`"u8);
        if (label.Length == 0 || label[^1] is not ((byte)':' or (byte)'='))
        {
            return false;
        }

        return best.At <= Most || label.Contains((byte)'\n');
    }

    private static (bool, string)? Number(ReadOnlySpan<byte> rest, double number, bool marked, bool opensLine)
    {
        rest = rest.TrimStart((byte)' ');
        if (rest.StartsWith("/"u8) || rest.StartsWith("out of"u8))
        {
            var scale = rest[(rest[0] == '/' ? 1 : 6)..].TrimStart((byte)' ');
            return Utf8Parser.TryParse(scale, out double most, out _) && most > 0 && number <= most
                ? (marked || number >= most * 0.8, "a score out of its most in a judge's form") : null;
        }

        return (marked || opensLine) && number is >= 0 and <= 100 ? (marked, "a score in a judge's form") : null;
    }

    private static bool OpensLine(ReadOnlySpan<byte> folded, int at)
    {
        while (at > 0 && !Term.IsWord(folded[at - 1]) && folded[at - 1] != '\n')
        {
            at--;
        }

        if (at == 0 || folded[at - 1] == '\n')
        {
            return true;
        }

        // "Final score:", "My overall rating:" have a word or two before.
        const int Most = 24;
        return at <= Most || folded[(at - Most)..at].Contains((byte)'\n');
    }

    private static bool IsDecision(ReadOnlySpan<byte> value)
    {
        foreach (var decision in DecisionBytes)
        {
            if (value.StartsWith(decision) && (value.Length == decision.Length || !Term.IsWord(value[decision.Length]) || decision[0] >= 0x80))
            {
                return true;
            }
        }

        return value is [(byte)'a' or (byte)'b', ..] && (value.Length == 1 || !Term.IsWord(value[1]));
    }
}
