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
    private const int ShortestName = 4;

    private static readonly SearchValues<byte> Openers = SearchValues.Create("<[{("u8);

    private readonly ReadOnlySpan<byte> _folded = folded;
    private int _next;

    /// <summary>True where the mark that was found is one only in capitals: folded text does not tell.</summary>
    public bool NeedsCapitals { get; private set; }

    /// <summary>True for a line that holds no mark but in brackets, behind its first byte.</summary>
    public static bool IsLongLine(ReadOnlySpan<byte> line) => line.Length > Longest && line[0] != '(';

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

            NeedsCapitals = false;
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
        if (line.Length > Longest)
        {
            return null;
        }

        var words = line.TrimStart("#=-*_~%/|+>:;\\ "u8);
        var rule = line[..^words.Length].TrimEnd((byte)' ');
        words = words.TrimEnd("#=-*_~%/|+>:;\\ \r"u8);
        if (words.IsEmpty)
        {
            return null;
        }

        var ruled = rule.Length >= 2 && line.TrimEnd(" \r"u8).EndsWith(rule[^2..]);
        if (rule.IsEmpty || !Read(words, out var mark))
        {
            return rule.IsEmpty ? OfPlainLine(at, line, words) : ruled && !rule.SequenceEqual("-----"u8) ? OfUnknown(words) : null;
        }

        var isHeading = rule[0] == '#' || (rule.Length == 2 && rule[0] == '*');
        return mark.HasEdge && mark.Parts + mark.OfJudges > 0 && (ruled || isHeading || rule.Length >= 2) ? HardeningSeverity.High
            : mark.IsEdgeAlone && ruled ? HardeningSeverity.Medium
            : mark.IsHeading && isHeading ? HardeningSeverity.High
            : isHeading && mark.OfJudges > 0 && line.TrimEnd(" *\r"u8).EndsWith(":"u8) && !words.StartsWith("instruct"u8) ? HardeningSeverity.Low
            : mark.IsLettered && rule[0] == '#' ? HardeningSeverity.Low
            : null;
    }

    // "END UNTRUSTED TEXT" by itself, and "DOCUMENT:" under a rule.
    private HardeningSeverity? OfPlainLine(int at, ReadOnlySpan<byte> line, ReadOnlySpan<byte> words)
    {
        const int LongestPlain = 60;
        if (line.Length > LongestPlain || Openers.Contains(line[0]) || !Read(words, out var mark))
        {
            return null;
        }

        NeedsCapitals = true;
        var isLabel = line.TrimEnd(" \r"u8).EndsWith(":"u8) && IsUnderRule(at);
        return mark.Parts + mark.OfJudges > 0 && (mark.HasEdge || isLabel) ? HardeningSeverity.Medium : null;
    }

    private readonly bool IsUnderRule(int line)
    {
        var before = _folded[..line].TrimEnd(" \r\n"u8);
        before = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return before.Length >= 2 && before.IndexOfAnyExcept("-=*_#~ "u8) < 0;
    }

    // "=== END OF EXAM SHEET ===": it is said what ends, in words that no other mark has.
    private HardeningSeverity? OfUnknown(ReadOnlySpan<byte> words)
    {
        const int MostUnknown = 2;
        NeedsCapitals = true;
        var mark = new MarkReading();
        return mark.Run(words, MostUnknown) && mark.HasEdge ? HardeningSeverity.Medium : null;
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
            // "[/BÀI LÀM]", "<<<END HOMEWORK>>>"
            var isClosed = closes && close == ']' && inner.Length > ShortestName && !Opened(at, inner[1..]);
            NeedsCapitals = isClosed;
            return isClosed ? HardeningSeverity.Medium : at > 0 && _folded[at - 1] == _folded[at] ? OfUnknown(inner) : null;
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
