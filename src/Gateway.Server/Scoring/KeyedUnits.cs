using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Scoring;

/// <summary>The units of one request at one model, each once, with their keys and what each got so far.</summary>
internal sealed class KeyedUnits
{
    private readonly Outcome[] _outcomes;

    /// <summary>Units of which none has a result.</summary>
    public KeyedUnits(ModelEntry entry, IReadOnlyList<ScoreItem> items, ScoreKey[] keys)
    {
        Entry = entry;
        Items = items;
        Keys = keys;
        Missing = items.Count;
        _outcomes = new Outcome[items.Count];
    }

    /// <summary>The model.</summary>
    public ModelEntry Entry { get; }

    /// <summary>The distinct units.</summary>
    public IReadOnlyList<ScoreItem> Items { get; }

    /// <summary>The key of each.</summary>
    public ScoreKey[] Keys { get; }

    /// <summary>How many have no result yet.</summary>
    public int Missing { get; private set; }

    /// <summary>True where a unit has its results.</summary>
    public bool Has(int unit) => _outcomes[unit].Scored is not null;

    /// <summary>True where a unit's results were stored ones.</summary>
    public bool IsCached(int unit) => _outcomes[unit].Scored is [{ IsCached: true }, ..];

    /// <summary>What each response of a unit got.</summary>
    public ScoredResponse[] Scored(int unit) =>
        _outcomes[unit].Scored ?? throw new InvalidOperationException("A unit was left without a result. This is a bug.");

    /// <summary>What the hardening rules found in a unit, now or when its score was made.</summary>
    public IReadOnlyList<HardeningFinding> Findings(int unit) =>
        _outcomes[unit].Scored is [var first, ..] ? first.Findings : _outcomes[unit].Hardened?.Findings ?? [];

    /// <summary>A unit that no stored score answered, for a model.</summary>
    public HardenedItem Hardened(int unit) =>
        _outcomes[unit].Hardened ?? throw new InvalidOperationException("A unit was to be scored before it was hardened. This is a bug.");

    /// <summary>These units, for a model.</summary>
    public HardenedItem[] Hardened(IReadOnlyList<int> units)
    {
        var hardened = new HardenedItem[units.Count];
        for (var i = 0; i < hardened.Length; i++)
        {
            hardened[i] = Hardened(units[i]);
        }

        return hardened;
    }

    /// <summary>Notes that a unit passed the hardener.</summary>
    public void Pass(int unit, HardenedItem hardened) => _outcomes[unit] = _outcomes[unit] with { Hardened = hardened };

    /// <summary>Gives a unit the stored scores, with what was found in its text when they were made.</summary>
    public void SetStored(int unit, CachedScores scores) => Set(unit, scores.Responses);

    /// <summary>Gives a unit its results.</summary>
    public void Set(int unit, IReadOnlyList<ScoreResult> results) => Set(unit, ScoredResponse.Of(results, Findings(unit), isCached: false));

    /// <summary>Gives a unit what a jury says of it, and what is found in that beside what was found in its text.</summary>
    public void SetHeard(int unit, IReadOnlyList<ScoreResult> results, IReadOnlyList<HardeningFinding> found, bool isCached) =>
        Set(unit, ScoredResponse.Of(results, found.Count == 0 ? Findings(unit) : [.. Findings(unit), .. found], isCached));

    /// <summary>Gives each response of a unit the same result.</summary>
    public void SetAll(int unit, ScoreResult result)
    {
        var results = new ScoreResult[Responses(unit)];
        Array.Fill(results, result);
        Set(unit, results);
    }

    /// <summary>How many responses a unit has.</summary>
    public int Responses(int unit) => Items[unit].Body.ResponseCount;

    /// <summary>The units without a result.</summary>
    public int[] WithoutResult()
    {
        var missing = new int[Missing];
        for (int unit = 0, next = 0; next < missing.Length; unit++)
        {
            if (_outcomes[unit].Scored is null)
            {
                missing[next++] = unit;
            }
        }

        return missing;
    }

    private void Set(int unit, ScoredResponse[] scored)
    {
        Missing -= _outcomes[unit].Scored is null ? 1 : 0;
        _outcomes[unit] = _outcomes[unit] with { Scored = scored };
    }

    private readonly record struct Outcome(ScoredResponse[]? Scored, HardenedItem? Hardened);
}
