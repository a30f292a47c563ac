using System.Buffers;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Marks as judges' prompts set around what they show, whatever their signs: brackets, tags, headings, rules and template blocks around words
/// that name a part of such a prompt and say that it ends or begins.
/// </summary>
/// <param name="folded">The folded text.</param>
internal ref struct SetOffMarks(ReadOnlySpan<byte> folded)
{
    private const int Longest = 90;

    private static readonly SearchValues<byte> Openers = SearchValues.Create("<[{("u8);

    private readonly ReadOnlySpan<byte> _folded = folded;
    private int _next;

    /// <summary>Where the next bracket or the next line with a rule or a heading begins that is a mark; -1 where there is none.</summary>
    public int Next(out HardeningSeverity severity)
    {
        while (_next < _folded.Length)
        {
            var at = _next;
            if (_folded[at] == '\n')
            {
                _next++;
                continue;
            }

            var opensLine = at == 0 || _folded[at - 1] == '\n';
            if (opensLine && OfLine(at) is { } ofLine)
            {
                _next = at + 1;
                severity = ofLine;
                return at;
            }

            if (Openers.Contains(_folded[at]) && (opensLine || _folded[at] != '(') && OfBracket(at, out var end) is { } ofBracket)
            {
                _next = end;
                severity = ofBracket;
                return at;
            }

            at++;
            var found = _folded[at..].IndexOfAny("<[{\n"u8);
            _next = found < 0 ? _folded.Length : at + found + (_folded[at + found] == '\n' ? 1 : 0);
        }

        severity = default;
        return -1;
    }

    // "### Reference Answer", "--- end of response ---", "=== BEGIN RUBRIC ===", "***END***".
    private HardeningSeverity? OfLine(int at)
    {
        var line = _folded[at..Math.Min(_folded.Length, at + Longest + 1)];
        var end = line.IndexOf((byte)'\n');
        line = end < 0 ? line : line[..end];
        var words = line.TrimStart("#=-*_~%/|+>:;\\ "u8);
        var rule = line[..^words.Length].TrimEnd((byte)' ');
        words = words.TrimEnd("#=-*_~%/|+>:;\\ \r"u8);
        if (rule.IsEmpty || line.Length > Longest || words.IsEmpty || !Read(words, out var mark))
        {
            return null;
        }

        var ruled = rule.Length >= 2 && line.TrimEnd(" \r"u8).EndsWith(rule[^2..]);
        var isHeading = rule[0] == '#' || (rule.Length == 2 && rule[0] == '*');
        return mark.HasEdge && mark.Parts + mark.OfJudges > 0 && (ruled || isHeading || rule.Length >= 2) ? HardeningSeverity.High
            : mark.IsEdgeAlone && ruled ? HardeningSeverity.Medium
            : mark.IsHeading && isHeading ? HardeningSeverity.High
            : null;
    }

    // "[End of Assistant B's answer]", "[/ANSWER]", "<answer_b_end>", "{{/response}}", "[Gold Target]".
    private HardeningSeverity? OfBracket(int at, out int end)
    {
        var close = _folded[at] switch { (byte)'<' => (byte)'>', (byte)'[' => (byte)']', (byte)'{' => (byte)'}', _ => (byte)')' };
        var near = _folded[(at + 1)..Math.Min(_folded.Length, at + Longest)];
        var length = near.IndexOfAny(close, (byte)'\n');
        end = at + 1;
        if (length < 3 || near[length] != close)
        {
            return null;
        }

        var inner = near[..length].Trim("<[{(|%# ="u8);
        var closes = inner.Length > 0 && inner[0] == '/';
        if (!Read(inner, out var mark))
        {
            return null;
        }

        end = at + length + 1;
        var isTag = close == '>';
        return mark.HasEdge && mark.Parts + mark.OfJudges > 0 ? HardeningSeverity.High
            : closes && !isTag && mark.Parts + mark.OfJudges > 0 && !Opened(at, inner[1..]) ? HardeningSeverity.High
            : mark.IsHeading && !closes && (close == ']' || (isTag && !ClosedLater(end, inner))) ? HardeningSeverity.High
            : mark.IsEdgeAlone && at > 0 && _folded[at - 1] == _folded[at] ? HardeningSeverity.Medium
            : null;
    }

    private static bool Read(ReadOnlySpan<byte> words, out MarkReading mark)
    {
        mark = new MarkReading();
        return mark.Run(words);
    }

    // Near by only, so that many marks cost no more than their number.
    private readonly bool Opened(int at, ReadOnlySpan<byte> name)
    {
        const int Far = 4000;
        var before = _folded[Math.Max(0, at - Far)..at];
        var found = before.LastIndexOf(name);
        return found > 0 && Openers.Contains(before[found - 1]);
    }

    private readonly bool ClosedLater(int from, ReadOnlySpan<byte> name)
    {
        const int Far = 4000;
        var after = _folded[from..Math.Min(_folded.Length, from + Far)];
        var found = after.IndexOf(name);
        return found > 0 && after[found - 1] == '/';
    }
}
