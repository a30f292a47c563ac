using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Scoring;

/// <summary>The way of units to their results, whoever sends them: key, fold duplicates, look up, harden what is left; then admit and score.</summary>
internal sealed class UnitScoring(HardeningStep hardening, Admission admission, ScoreCache cache, SingleFlight flight, TimeProvider clock)
{
    private static ScoreResult NotCached { get; } = ScoreResult.Failed(ErrorKind.NotCached, "No score of this response is stored.");

    /// <summary>The units with whatever needs no model: stored scores, floors and rejections.</summary>
    public async Task<FoldedUnits> LookUpAsync(ModelEntry entry, Hardener hardener, IReadOnlyList<ScoreItem> units, ScoreOptions options, CancellationToken aborted)
    {
        var started = clock.GetTimestamp();
        var caches = Caches(entry, options);
        var (distinct, places) = Fold(entry, hardener, units, withKeys: caches || units.Count > 1);
        var keyed = clock.GetTimestamp();
        if (caches && options.Cache != CacheUse.Refresh)
        {
            await cache.FindAsync(distinct, aborted);
        }

        var lookedUp = clock.GetTimestamp();
        hardening.Harden(distinct, hardener, aborted);
        return new FoldedUnits(
            distinct, places, new LookupTimings(clock.GetElapsedTime(started, keyed) + clock.GetElapsedTime(lookedUp), clock.GetElapsedTime(keyed, lookedUp)));
    }

    /// <summary>Gives each unit without a result one.</summary>
    /// <exception cref="GatewayException">The house is full, or a model broke its contract.</exception>
    public async Task ScoreMissingAsync(FoldedUnits folded, ScoreOptions options, CancellationToken aborted)
    {
        var units = folded.Distinct;
        if (units.Entry.Model is JuryRewardModel jury)
        {
            await jury.HearAsync(units, options, aborted);
            return;
        }

        if (units.Missing == 0)
        {
            return;
        }

        if (options.Cache == CacheUse.Only)
        {
            Array.ForEach(units.WithoutResult(), unit => units.SetAll(unit, NotCached));
        }
        else if (Caches(units.Entry, options))
        {
            await flight.ScoreAsync(units, options, aborted);
        }
        else
        {
            await ScoreAloneAsync(units, options, aborted);
        }
    }

    // What a jury says is made anew from what is stored of its jurors.
    private static bool Caches(ModelEntry entry, ScoreOptions options) => entry.Model is not JuryRewardModel && entry.Caches && options.Cache != CacheUse.Off;

    /// <summary>Scores in the request's own memory, shared with nobody.</summary>
    private async Task ScoreAloneAsync(KeyedUnits units, ScoreOptions options, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(options.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        var missing = units.WithoutResult();
        var hardened = units.Hardened(missing);
        using var run = AdmittedRun.Enter(admission, units.Entry, hardened, options.Patience);
        var results = await run.ScoreAsync(hardened, new Deadline(options.Patience, clock) { Party = options.Party }, either.Token);
        for (var i = 0; i < results.Length; i++)
        {
            units.Set(missing[i], results[i]);
        }
    }

    /// <summary>Units that are the same by key are looked up and run once: the distinct ones, and for each unit its place among them.</summary>
    private static (KeyedUnits Distinct, int[] Places) Fold(ModelEntry entry, Hardener hardener, IReadOnlyList<ScoreItem> units, bool withKeys)
    {
        if (!withKeys || units.Count < 2)
        {
            return (new KeyedUnits(entry, units, withKeys && units.Count == 1 ? [ScoreKey.Of(hardener.Under(units[0]), entry.Model.Revision)] : []), new int[units.Count]);
        }

        var places = new int[units.Count];
        var keys = new ScoreKey[units.Count];
        var distinct = new ScoreItem[units.Count];
        using var seen = new KeyPlaces(keys);
        for (var i = 0; i < places.Length; i++)
        {
            keys[seen.Count] = ScoreKey.Of(hardener.Under(units[i]), entry.Model.Revision);
            distinct[seen.Count] = units[i];
            places[i] = seen.PlaceOfNext();
        }

        if (seen.Count < places.Length)
        {
            Array.Resize(ref keys, seen.Count);
            Array.Resize(ref distinct, seen.Count);
        }

        return (new KeyedUnits(entry, distinct, keys), places);
    }
}
