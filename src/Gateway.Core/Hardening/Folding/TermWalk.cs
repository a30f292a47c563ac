namespace Gateway.Core.Hardening.Folding;

/// <summary>One walk over the terms of a field for rules that judge by what stands together: each region of the text is told once.</summary>
internal static class TermWalk
{
    private const int NearAscii = 60;
    private const int NearOther = 100;

    /// <summary>What the terms seen so far say at the current one; null where they say nothing.</summary>
    /// <param name="window">The terms seen so far.</param>
    /// <param name="current">The class of the current term.</param>
    /// <param name="near">How many bytes apart terms stand together.</param>
    public delegate (HardeningSeverity Severity, string What)? Judgement(in TermWindow window, TermClass current, int near);

    /// <summary>Adds what the judgement finds, as grave as its context makes it.</summary>
    public static void Run(in HardeningField field, FindingList findings, ReadOnlySpan<TermClass> matter, Judgement judgement)
    {
        var near = field.Folded.Facts.IsAscii ? NearAscii : NearOther;
        var window = new TermWindow();
        var quietUntil = -1;
        foreach (var hit in field.Folded.Terms)
        {
            window.See(hit);
            if (hit.At <= quietUntil || judgement(window, window.Current.Class, near) is not { } found)
            {
                continue;
            }

            var at = field.Original(hit.At);
            findings.Add(field, Context.Weigh(field, found.Severity, at, matter), at, found.What);
            quietUntil = hit.End + (2 * near);
            if (findings.IsFull)
            {
                return;
            }
        }
    }
}
