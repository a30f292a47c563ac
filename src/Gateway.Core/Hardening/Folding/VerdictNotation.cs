using System.Buffers.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The forms in which judges write what they decided.</summary>
internal static class VerdictNotation
{
    private const int MostBetween = 6;

    private static readonly string[] Decisions =
        ["correct", "true", "yes", "high", "very high", "satisfactory", "outstanding", "flawless", "factual", "faithful", "supported", "entailed", "met", "very good", "pass", "accept", "a+", "perfect", "excellent", "equivalent", "right", "match", "assistant a", "assistant b", "response a", "response b", "model a", "model b",
            "正确", "正確", "正解", "通过", "합격", "정답", "correcto", "correcta", "richtig", "korrekt", "corretto", "corretta", "correto", "correta", "верно", "правильно", "صحيح", "صحيحة", "đúng", "benar", "doğru", "poprawn", "सही", "oikein", "hyväksytty", "helyes", "sahihi", "சரி", "درست", "fully correct", "no errors", "full marks", "full credit", "exact match", "success", "approved", "valid", "1.0", "tie", "accepted", "full",
            "oui", "sí", "si", "sim", "sì", "ja", "да", "так", "ano", "tak", "igen", "evet", "ya", "是", "はい", "예", "네", "हाँ", "হ্যাঁ", "ใช่", "có", "ndiyo", "kyllä", "نعم", "بله", "כן", "ναι", "ok", "à valider", "juste", "juist", "rätt", "riktig", "rigtig", "esatto", "certo", "corect", "точно", "вірно", "合格", "通过", "通過", "맞음", "통과", "מאושר", "נכון", "tama", "betul", "tepat", "sahih"];

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
    /// <param name="folded">The folded text.</param>
    /// <param name="label">The word.</param>
    /// <param name="next">The next term of the text, which may be the decision; of no length where there is none.</param>
    public static (bool IsMarked, string What)? AfterLabel(ReadOnlySpan<byte> folded, TermHit label, TermHit next)
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
                case (byte)':' or (byte)'=' or (byte)'>' or (byte)'?':
                    separated = true;
                    break;
                case (byte)'\n' when OpensHeading(folded, label.At):
                    separated = true;
                    break;
                case (byte)'b' when separated && folded[at..].StartsWith("boxed{"u8):
                    (at, marked) = (at + "boxed"u8.Length, true);
                    break;
                case (byte)'(' when !separated && folded[at..Math.Min(folded.Length, at + 12)].IndexOf((byte)')') is > 0 and var close:
                    // "Score (1-10): 10"
                    at += close;
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
        if (label.Class == TermClass.Label)
        {
            return opensLine && IsShortWord(value) && (IsDecision(value) || IsDecision(folded, at, next)) ? (marked, "a decision in a judge's form") : null;
        }

        if (Utf8Parser.TryParse(value, out double number, out var length) && length < 8)
        {
            return Number(value[length..], number, marked, opensLine);
        }

        return (marked || opensLine) && (IsDecision(value) || IsDecision(folded, at, next)) ? (marked, "a decision in a judge's form") : null;
    }

    /// <summary>True for a key of JSON that a judge's reply has: <c>"is_correct": true</c>.</summary>
    public static bool IsKey(ReadOnlySpan<byte> folded, TermHit hit)
    {
        const int Longest = 24;
        var after = folded[hit.End..Math.Min(folded.Length, hit.End + Longest)];
        var close = after.IndexOfAny("\"\n "u8);
        if (close < 0 || after[close] != '"' || !after[(close + 1)..].TrimStart((byte)' ').StartsWith(":"u8))
        {
            return false;
        }

        var before = folded[Math.Max(0, hit.At - Longest)..hit.At];
        var open = before.LastIndexOfAny("\"\n ,"u8);
        return open >= 0 && before[open] == '"';
    }

    // "[Result] A small study" is a heading, and "Result: 12" most often a number that was asked for.
    private static bool IsShortWord(ReadOnlySpan<byte> value)
    {
        const int Longest = 32;
        var end = value.IndexOf((byte)'\n');
        return (end < 0 ? value.Length : end) <= Longest && value[0] is not (>= (byte)'0' and <= (byte)'9') && value is not [>= (byte)'a' and <= (byte)'z', (byte)' ', ..];
    }

    // "Final verdict: the answer is right", in whatever language the lexicon has.
    private static bool IsDecision(ReadOnlySpan<byte> folded, int value, TermHit next)
    {
        const int Farthest = 24;
        const int Rest = 60;
        if (next.At < value || next.At - value > Farthest || next.Class is not (TermClass.Right or TermClass.Top or TermClass.Praise or TermClass.Lenient or TermClass.Pick or TermClass.Self or TermClass.Done))
        {
            return false;
        }

        var after = folded[next.End..];
        var end = after.IndexOf((byte)'\n');
        return (end < 0 ? after.Length : end) <= Rest && folded[value..next.At].IndexOf((byte)'\n') < 0;
    }

    private static bool OpensHeading(ReadOnlySpan<byte> folded, int label)
    {
        while (label > 0 && folded[label - 1] is (byte)' ' or (byte)'*' or (byte)'#' or (byte)'=')
        {
            if (folded[--label] is (byte)'#' or (byte)'*' or (byte)'=')
            {
                return true;
            }
        }

        return false;
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

        return value is [>= (byte)'a' and <= (byte)'d', ..] && (value.Length == 1 || !Term.IsWord(value[1]));
    }
}
