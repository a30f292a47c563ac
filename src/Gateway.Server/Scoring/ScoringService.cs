using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Scoring;

/// <summary>The only orchestrator: split, harden, key, fold duplicates, look up, admit, score, unfold, join.</summary>
internal sealed class ScoringService(
    ModelRegistry models, HardeningStep hardening, Admission admission, ScoreCache cache, SingleFlight flight, TimeProvider clock)
{
    private static ScoreResult NotCached { get; } = ScoreResult.Failed(ErrorKind.NotCached, "No score of this response is stored.");

    /// <summary>Scores a request; trouble with one response is its result, trouble with the request an exception.</summary>
    /// <exception cref="GatewayException">The model is unknown or the house is full.</exception>
    public async Task<ScoredRequest> ScoreAsync(ScoreRequest request, CancellationToken aborted)
    {
        var entry = models.Find(request.Model);
        var started = clock.GetTimestamp();
        var plan = ItemPlan.Split(request.Items, entry.Model.Granularity);
        admission.RefuseMoreThanTheHouse(plan.Units);
        var units = hardening.Harden(plan.Units, entry.Model, request.Options, aborted);
        var caches = entry.Caches && request.Options.Cache != CacheUse.Off;
        var (distinct, places) = Fold(entry, units.Open, withKeys: caches || units.Open.Length > 1);
        var hardened = clock.GetTimestamp();
        if (caches && request.Options.Cache != CacheUse.Refresh)
        {
            await cache.FindAsync(distinct, aborted);
        }

        var lookedUp = clock.GetTimestamp();
        await ScoreMissingAsync(distinct, request.Options, caches, aborted);
        return new ScoredRequest(
            entry.Model,
            plan.Join(Unfold(units, distinct, places)),
            Tokens(distinct),
            new LookupTimings(clock.GetElapsedTime(started, hardened), clock.GetElapsedTime(hardened, lookedUp)));
    }

    private async Task ScoreMissingAsync(KeyedUnits units, ScoreOptions options, bool caches, CancellationToken aborted)
    {
        if (units.Missing == 0)
        {
            return;
        }

        if (options.Cache == CacheUse.Only)
        {
            Array.ForEach(units.WithoutResult(), unit => units.Fail(unit, NotCached));
        }
        else if (caches)
        {
            await flight.ScoreAsync(units, options, aborted);
        }
        else
        {
            await ScoreAloneAsync(units, options.Patience, aborted);
        }
    }

    /// <summary>Scores in the request's own memory, shared with nobody.</summary>
    private async Task ScoreAloneAsync(KeyedUnits units, TimeSpan patience, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        using var run = new AdmittedRun(admission, units.Entry, units.Units, patience);
        var results = await run.ScoreAsync(units.Units, either.Token);
        for (var unit = 0; unit < results.Length; unit++)
        {
            units.Set(unit, results[unit]);
        }
    }

    /// <summary>Units that are the same by key are looked up and run once: the distinct ones, and for each unit its place among them.</summary>
    private static (KeyedUnits Distinct, int[] Places) Fold(ModelEntry entry, HardenedItem[] units, bool withKeys)
    {
        if (!withKeys || units.Length < 2)
        {
            return (new KeyedUnits(entry, units, withKeys && units.Length == 1 ? [ScoreKey.Of(units[0], entry.Model.Revision)] : []), new int[units.Length]);
        }

        var places = new int[units.Length];
        var keys = new ScoreKey[units.Length];
        var distinct = new HardenedItem[units.Length];
        var seen = new Dictionary<ScoreKey, int>(units.Length);
        for (var i = 0; i < units.Length; i++)
        {
            var key = ScoreKey.Of(units[i], entry.Model.Revision);
            if (!seen.TryGetValue(key, out places[i]))
            {
                places[i] = seen.Count;
                keys[places[i]] = key;
                distinct[places[i]] = units[i];
                seen.Add(key, places[i]);
            }
        }

        if (seen.Count < units.Length)
        {
            Array.Resize(ref keys, seen.Count);
            Array.Resize(ref distinct, seen.Count);
        }

        return (new KeyedUnits(entry, distinct, keys), places);
    }

    /// <summary>Every unit's results in order: of those that hardening left open the model's, of the others what the policy says.</summary>
    private static List<ScoredResponse> Unfold(HardenedUnits units, KeyedUnits distinct, int[] places)
    {
        var unfolded = new List<ScoredResponse>(units.All.Length);
        var open = 0;
        foreach (var unit in units.All)
        {
            if (units.Decide(unit) is { } decided)
            {
                unfolded.AddRange(Enumerable.Repeat(new ScoredResponse(decided, unit.Findings, IsCached: false), unit.Item.Body.ResponseCount));
                continue;
            }

            var place = places[open++];
            var results = distinct.Results(place);
            for (var response = 0; response < results.Count; response++)
            {
                unfolded.Add(new ScoredResponse(results[response], unit.Findings, distinct.IsCached(place)));
            }
        }

        return unfolded;
    }

    private static long Tokens(KeyedUnits distinct)
    {
        var tokens = 0L;
        for (var unit = 0; unit < distinct.Units.Count; unit++)
        {
            var results = distinct.Results(unit);
            for (var response = 0; response < results.Count; response++)
            {
                tokens += results[response].Score?.Tokens ?? 0;
            }
        }

        return tokens;
    }
}
