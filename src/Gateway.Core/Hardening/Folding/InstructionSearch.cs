using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Terms that together tell a judge what to do, found in one pass over the terms of a text.</summary>
/// <param name="isAscii">False where characters take several bytes, so that the same distance has more of them.</param>
internal ref struct InstructionSearch(bool isAscii)
{
    private const int Region = 200;
    private const int Tight = 25;

    private readonly int _near = isAscii ? 50 : 90;
    private readonly int _far = isAscii ? 110 : 180;
    private TermWindow _window;
    private int _first = int.MaxValue;

    /// <summary>Adds what the terms say, each region of the text once and at its gravest.</summary>
    public void Run(
        in HardeningField field, FoldedText folded, FindingList findings, string disguise, int fixedAt, ReadOnlySpan<TermClass> matter)
    {
        if (!InstructionGrammar.MaySay(Seen(folded.Terms)))
        {
            return;
        }

        var (found, foundAt, severity, what) = (-1, 0, HardeningSeverity.Low, "");
        foreach (var hit in folded.Terms)
        {
            _window.See(hit);
            _first = int.MaxValue;
            if (Says() is not { } said)
            {
                continue;
            }

            if (found >= 0 && hit.At - found > Region)
            {
                Add(field, findings, severity, fixedAt, foundAt, what + disguise, matter);
                found = -1;
                if (findings.IsFull)
                {
                    return;
                }
            }

            if (found < 0 || said.Severity > severity)
            {
                (severity, what) = said;
                foundAt = found < 0 ? Math.Min(_first, hit.At) : foundAt;
            }

            found = hit.At;
        }

        if (found >= 0)
        {
            Add(field, findings, severity, fixedAt, foundAt, what + disguise, matter);
        }
    }

    private static void Add(in HardeningField field, FindingList findings, HardeningSeverity severity, int fixedAt, int at, string what, ReadOnlySpan<TermClass> matter)
    {
        var place = fixedAt >= 0 ? fixedAt : field.Original(at);
        findings.Add(field, Context.Weigh(field, severity, place, matter), place, what);
    }

    // What the term and those before it say, at its gravest.
    private (HardeningSeverity Severity, string What)? Says()
    {
        (HardeningSeverity Severity, string What)? said = null;
        var (tight, near, far) = (_window.Within(Tight), _window.Within(_near), _window.Within(_far));
        Span<TermHit> parts = stackalloc TermHit[Combination.MostParts + 1];
        parts[0] = _window.Current;
        foreach (var combination in InstructionGrammar.With(_window.Current.Class))
        {
            var isWhole = ((combination.IsTight ? tight : near) & combination.Near) == combination.Near && (combination.Needs == 0 || (far & combination.Needs) != 0);
            if (!isWhole || !_window.Find(combination.Others(_window.Current.Class), combination.IsTight ? Tight : _near, parts, 1))
            {
                continue;
            }

            var count = BitOperations.PopCount(combination.Near);
            if (combination.Needs != 0 && !HasOneOf(far & combination.Needs, parts, count))
            {
                continue;
            }

            var severity = HasOneOf(far & combination.Raises, parts, count) ? HardeningSeverity.High : combination.Severity;
            if (said is null || severity > said.Value.Severity)
            {
                said = (severity, combination.What);
            }

            _first = Math.Min(_first, First(parts[..count]));
        }

        return said;
    }

    private readonly bool HasOneOf(uint classes, Span<TermHit> parts, int count)
    {
        for (; classes != 0; classes &= classes - 1)
        {
            if (_window.Find(classes & (0 - classes), _far, parts, count))
            {
                return true;
            }
        }

        return false;
    }

    private static int First(ReadOnlySpan<TermHit> parts)
    {
        var first = int.MaxValue;
        foreach (var part in parts)
        {
            first = Math.Min(first, part.At);
        }

        return first;
    }

    private static uint Seen(ReadOnlySpan<TermHit> terms)
    {
        var window = new TermWindow();
        foreach (var hit in terms)
        {
            window.See(hit);
        }

        return window.Seen;
    }
}
