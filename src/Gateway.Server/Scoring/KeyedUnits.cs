using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>The units of one request at one model, each once, with their keys and what each got so far.</summary>
internal sealed class KeyedUnits
{
    private readonly IReadOnlyList<ScoreResult>?[] _results;
    private readonly bool[] _cached;

    /// <summary>Units of which none has a result.</summary>
    public KeyedUnits(ModelEntry entry, IReadOnlyList<HardenedItem> units, ScoreKey[] keys)
    {
        Entry = entry;
        Units = units;
        Keys = keys;
        Missing = units.Count;
        _results = new IReadOnlyList<ScoreResult>?[units.Count];
        _cached = new bool[units.Count];
    }

    /// <summary>The model.</summary>
    public ModelEntry Entry { get; }

    /// <summary>The distinct units.</summary>
    public IReadOnlyList<HardenedItem> Units { get; }

    /// <summary>The key of each.</summary>
    public ScoreKey[] Keys { get; }

    /// <summary>How many have no result yet.</summary>
    public int Missing { get; private set; }

    /// <summary>True where a unit has its results.</summary>
    public bool Has(int unit) => _results[unit] is not null;

    /// <summary>True where a unit's results were stored ones.</summary>
    public bool IsCached(int unit) => _cached[unit];

    /// <summary>A unit's results, one per response.</summary>
    public IReadOnlyList<ScoreResult> Results(int unit) => _results[unit] ?? throw new InvalidOperationException("A unit was left without a result. This is a bug.");

    /// <summary>Gives a unit its results.</summary>
    public void Set(int unit, IReadOnlyList<ScoreResult> results, bool cached = false)
    {
        Missing -= _results[unit] is null ? 1 : 0;
        _results[unit] = results;
        _cached[unit] = cached;
    }

    /// <summary>Gives each response of a unit the same failure.</summary>
    public void Fail(int unit, ScoreResult failure)
    {
        var results = new ScoreResult[Responses(unit)];
        Array.Fill(results, failure);
        Set(unit, results);
    }

    /// <summary>How many responses a unit has.</summary>
    public int Responses(int unit) => Units[unit].Item.Body.ResponseCount;

    /// <summary>The units without a result.</summary>
    public int[] WithoutResult()
    {
        var missing = new int[Missing];
        for (int unit = 0, next = 0; next < missing.Length; unit++)
        {
            if (_results[unit] is null)
            {
                missing[next++] = unit;
            }
        }

        return missing;
    }
}
