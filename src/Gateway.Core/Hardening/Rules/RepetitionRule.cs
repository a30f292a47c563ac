using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds text that says the same again and again, and padding: long runs of one letter or of white space.</summary>
public sealed class RepetitionRule : IHardeningRule
{
    private const int Probe = 24;
    private const int FewBytes = 600;
    private const int Shortest = 100;
    private const int FewestTimes = 4;
    private const int LongPeriod = 20;
    private const int Blank = 120;
    private const int EmptyLines = 20;

    private static readonly byte[] Spaces = [.. Enumerable.Repeat((byte)' ', Blank)];
    private static readonly byte[] Lines = [.. Enumerable.Repeat((byte)'\n', EmptyLines)];

    /// <inheritdoc/>
    public string Name => "repetition";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var text = field.Text;
        if (text.Length < Shortest)
        {
            return;
        }

        var trimmed = text.TrimEnd(" \t\r\n"u8);
        var (length, period) = Periodic(trimmed);
        if (length >= Shortest && length > 0)
        {
            var severity = length * 2 >= trimmed.Length ? HardeningSeverity.High : HardeningSeverity.Medium;
            findings.Add(field, severity, trimmed.Length - length, $"the same {period} bytes {length / period} times over");
        }

        if (field.Folded.Facts.HasLongGap && Padding(text) is >= 0 and var blank)
        {
            findings.Add(field, HardeningSeverity.Medium, blank, "padding of white space");
        }
    }

    private static int Padding(ReadOnlySpan<byte> text)
    {
        var blank = text.IndexOf(Spaces);
        return blank >= 0 ? blank : text.IndexOf(Lines);
    }

    // How long the end of the text repeats itself, and after how many bytes. Rules of dashes and the like are a layout, not a repetition.
    private static (int Length, int Period) Periodic(ReadOnlySpan<byte> text)
    {
        for (var skip = 0; skip >= 0 && text.Length > 4 * Probe; skip = skip == 0 ? Probe : skip == Probe && text.Length > FewBytes ? text.Length / 3 : -1)
        {
            var end = text[..^skip];
            var probe = end[^Probe..];
            // A longer period could not come often enough.
            var farthest = Math.Max(0, end.Length - Probe - (end.Length / (FewestTimes - 1)));
            var earlier = end[farthest..^1].LastIndexOf(probe);
            if (earlier < 0)
            {
                continue;
            }

            var period = end.Length - Probe - farthest - earlier;
            var length = period + CommonSuffix(end, end[..^period]);
            if (length >= (period >= LongPeriod ? FewestTimes - 1 : FewestTimes) * period && Says(probe))
            {
                return (length, period);
            }
        }

        return (0, 1);
    }

    private static bool Says(ReadOnlySpan<byte> probe)
    {
        foreach (var rune in new Utf8Runes(probe))
        {
            if (System.Text.Rune.IsLetterOrDigit(rune) || rune.Value is >= 0x1F000 or (>= 0x2600 and <= 0x27BF))
            {
                return true;
            }
        }

        return false;
    }

    private static int CommonSuffix(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        var length = 0;
        while (length < other.Length && one[^(length + 1)] == other[^(length + 1)])
        {
            length++;
        }

        return length;
    }
}
