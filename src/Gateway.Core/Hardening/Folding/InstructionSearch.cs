namespace Gateway.Core.Hardening.Folding;

/// <summary>Terms that together tell a judge what to do, found in one pass over the terms of a text.</summary>
/// <param name="isAscii">False where characters take several bytes, so that the same distance has more of them.</param>
internal ref struct InstructionSearch(bool isAscii)
{
    private const int Region = 200;

    private readonly int _near = isAscii ? 50 : 90;
    private readonly int _far = isAscii ? 110 : 180;
    private TermWindow _window;
    private int _first = int.MaxValue;

    /// <summary>Adds what the terms say, each region of the text once and at its gravest.</summary>
    public void Run(
        in HardeningField field, FoldedText folded, FindingList findings, string disguise, int fixedAt, ReadOnlySpan<TermClass> matter)
    {
        if (!MaySay(folded.Terms))
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

    // The classes without which no combination below is whole; few honest texts have them.
    private static bool MaySay(ReadOnlySpan<TermHit> terms)
    {
        var seen = 0;
        foreach (var hit in terms)
        {
            seen |= 1 << (int)hit.Class;
        }

        bool Has(TermClass meaning) => (seen >> (int)meaning & 1) != 0;
        return Has(TermClass.Pick) || Has(TermClass.Reset) || Has(TermClass.Output)
            || (Has(TermClass.Ignore) && (Has(TermClass.Instructions) || Has(TermClass.Prior)))
            || (Has(TermClass.Top) && (Has(TermClass.Give) || Has(TermClass.Deem)))
            || (Has(TermClass.Self) && (Has(TermClass.Judge) || (Has(TermClass.Give) && Has(TermClass.Score) && Has(TermClass.Instructions))))
            || (Has(TermClass.Judge) && Has(TermClass.Ignore))
            || (Has(TermClass.Deem) && (Has(TermClass.Right) || Has(TermClass.Self)));
    }

    private static void Add(
        in HardeningField field, FindingList findings, HardeningSeverity severity, int fixedAt, int at, string what, ReadOnlySpan<TermClass> matter)
    {
        var place = fixedAt >= 0 ? fixedAt : TextFolder.Original(field.Text, at);
        findings.Add(field, Context.Weigh(field, severity, place, matter), place, what);
    }

    private (HardeningSeverity Severity, string What)? Says() => _window.Current.Class switch
    {
        TermClass.Ignore or TermClass.Instructions or TermClass.Prior when Near(TermClass.Ignore) && Near(TermClass.Instructions) =>
            (Far(TermClass.Prior) || Far(TermClass.Judge) || Far(TermClass.Score) || Far(TermClass.Top) ? HardeningSeverity.High : HardeningSeverity.Medium,
                "tells the reader to drop its instructions"),
        TermClass.Give or TermClass.Top or TermClass.Self or TermClass.Judge or TermClass.Deem or TermClass.Score
            when (Near(TermClass.Give) || Near(TermClass.Deem)) && Near(TermClass.Top) =>
            (Far(TermClass.Self) || Far(TermClass.Judge) || Far(TermClass.Ignore) || Far(TermClass.Reset) ? HardeningSeverity.High : HardeningSeverity.Medium,
                "asks for the best score"),
        TermClass.Pick =>
            (Far(TermClass.Judge) || Far(TermClass.Top) || Far(TermClass.Score) || Far(TermClass.Give) ? HardeningSeverity.High : HardeningSeverity.Medium,
                "asks to be chosen"),
        TermClass.Judge or TermClass.Deem or TermClass.Right or TermClass.Self when Near(TermClass.Deem) && Near(TermClass.Right) && Near(TermClass.Self) =>
            (Far(TermClass.Judge) || Far(TermClass.Ignore) || Far(TermClass.Reset) ? HardeningSeverity.High : HardeningSeverity.Medium,
                "asks to be taken for correct"),
        TermClass.Score or TermClass.Self or TermClass.Give or TermClass.Instructions or TermClass.Judge when Near(TermClass.Give) && Near(TermClass.Score) && Near(TermClass.Self)
            && (Far(TermClass.Judge) || Far(TermClass.Ignore) || Far(TermClass.Instructions)) =>
            (HardeningSeverity.Medium, "asks for a score"),
        TermClass.Judge or TermClass.Top or TermClass.Self when Far(TermClass.Judge) && Near(TermClass.Top) && Near(TermClass.Self) =>
            (HardeningSeverity.Medium, "tells a judge the score"),
        TermClass.Judge or TermClass.Ignore when Near(TermClass.Judge) && Near(TermClass.Ignore) && (Far(TermClass.Self) || Far(TermClass.Right) || Far(TermClass.Output)) =>
            (HardeningSeverity.Medium, "tells a judge what to drop"),
        TermClass.Judge or TermClass.Right or TermClass.Self when Near(TermClass.Judge) && Near(TermClass.Right) && Near(TermClass.Self) =>
            (HardeningSeverity.Medium, "tells a judge what to decide"),
        TermClass.Judge or TermClass.Deem or TermClass.Right when Near(TermClass.Judge) && Near(TermClass.Deem) && Near(TermClass.Right) =>
            (HardeningSeverity.Medium, "tells a judge what to decide"),
        TermClass.Output or TermClass.Score or TermClass.Top or TermClass.Right when Near(TermClass.Output) && (Near(TermClass.Score) || Near(TermClass.Top)) =>
            (Far(TermClass.Ignore) || Far(TermClass.Judge) || Far(TermClass.Reset) ? HardeningSeverity.High : HardeningSeverity.Medium,
                "prescribes a judge's reply"),
        TermClass.Deem or TermClass.Self when Near(TermClass.Deem) && Near(TermClass.Self) && (Far(TermClass.Judge) || Far(TermClass.Ignore) || Far(TermClass.Reset)) =>
            (HardeningSeverity.High, "asks to be taken for correct"),
        TermClass.Output or TermClass.Right or TermClass.Judge or TermClass.Ignore or TermClass.Instructions
            when Near(TermClass.Output) && (Far(TermClass.Judge) || Far(TermClass.Ignore) || Far(TermClass.Reset) || Within(TermClass.Right, 25)) =>
            (Far(TermClass.Judge) && (Far(TermClass.Ignore) || Far(TermClass.Reset)) ? HardeningSeverity.High : HardeningSeverity.Medium, "prescribes a judge's reply"),
        TermClass.Deem or TermClass.Right when Within(TermClass.Deem, 25) && Within(TermClass.Right, 25) => (HardeningSeverity.Low, "asks to be taken for correct"),
        TermClass.Reset or TermClass.Judge or TermClass.Score or TermClass.Top or TermClass.Deem or TermClass.Output or TermClass.Ignore
            when Far(TermClass.Reset) && (Far(TermClass.Judge) || Far(TermClass.Score) || Far(TermClass.Top) || Far(TermClass.Deem) || Far(TermClass.Output) || Far(TermClass.Ignore)) =>
            (HardeningSeverity.High, "gives a judge another role or task"),
        TermClass.Reset => (HardeningSeverity.Medium, "speaks to whoever judges, or begins another role"),
        TermClass.Ignore or TermClass.Prior when Within(TermClass.Ignore, 25) && Within(TermClass.Prior, 25)
            && (Far(TermClass.Judge) || Far(TermClass.Score) || Far(TermClass.Output) || (Within(TermClass.Ignore, 2) && Within(TermClass.Prior, 2))) =>
            (HardeningSeverity.Medium, "tells the reader to drop what came before"),
        _ => null,
    };

    private bool Near(TermClass meaning) => Within(meaning, _near);

    private bool Far(TermClass meaning) => Within(meaning, _far);

    private bool Within(TermClass meaning, int distance)
    {
        var has = _window.Has(meaning, distance);
        _first = has ? Math.Min(_first, _window.At(meaning)) : _first;
        return has;
    }
}
