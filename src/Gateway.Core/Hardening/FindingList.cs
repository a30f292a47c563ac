namespace Gateway.Core.Hardening;

/// <summary>The findings of one item: the first <see cref="Capacity"/>, so that hostile text cannot make a large answer.</summary>
public sealed class FindingList
{
    /// <summary>How many findings one item keeps.</summary>
    public const int Capacity = 32;

    private List<HardeningFinding>? _kept;

    /// <summary>True where a rule need not look further.</summary>
    public bool IsFull => _kept?.Count >= Capacity;

    /// <summary>What was found.</summary>
    public IReadOnlyList<HardeningFinding> Kept => _kept ?? (IReadOnlyList<HardeningFinding>)[];

    /// <summary>Adds a finding where there is room.</summary>
    public void Add(HardeningFinding finding)
    {
        if (!IsFull)
        {
            (_kept ??= []).Add(finding);
        }
    }
}
