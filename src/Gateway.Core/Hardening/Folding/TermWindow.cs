namespace Gateway.Core.Hardening.Folding;

/// <summary>Where each class of terms was seen last, so that terms that stand together are found in one pass.</summary>
internal ref struct TermWindow
{
    private Places _at;
    private Places _end;
    private int _seen;

    /// <summary>The term that was seen last.</summary>
    public TermHit Current { get; private set; }

    /// <summary>Sees the next term.</summary>
    public void See(TermHit hit)
    {
        Current = hit;
        _at[(int)hit.Class] = hit.At;
        _end[(int)hit.Class] = hit.End;
        _seen |= 1 << (int)hit.Class;
    }

    /// <summary>True where a term of that class ends at most so many bytes before the current one begins, or is the current one.</summary>
    public readonly bool Has(TermClass meaning, int within) =>
        (_seen >> (int)meaning & 1) != 0 && Current.At - _end[(int)meaning] <= within;

    /// <summary>Where the last term of that class begins.</summary>
    public readonly int At(TermClass meaning) => _at[(int)meaning];

    [System.Runtime.CompilerServices.InlineArray(32)]
    private struct Places
    {
        private int _first;
    }
}
