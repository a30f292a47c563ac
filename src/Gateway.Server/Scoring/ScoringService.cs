using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Scoring;

/// <summary>The only orchestrator: split, key, fold duplicates, look up, harden what is left, admit, score, unfold, join.</summary>
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
        var plan = ItemPlan.Split(request.Items, entry.Model.Granularity, request.Options.Pairing);
        var jury = entry.Model as JuryRewardModel;
        jury?.Check(request);
        admission.RefuseMoreThanTheHouse(plan.Units, jury?.Voices ?? 1);
        var hardener = hardening.For(entry.Model, request.Options);
        // What a jury says is made anew from what is stored of its jurors.
        var caches = jury is null && entry.Caches && request.Options.Cache != CacheUse.Off;
        var (distinct, places) = Fold(entry, hardener, plan.Units, withKeys: caches || plan.Units.Count > 1);
        var keyed = clock.GetTimestamp();
        if (caches && request.Options.Cache != CacheUse.Refresh)
        {
            await cache.FindAsync(distinct, aborted);
        }

        var lookedUp = clock.GetTimestamp();
        hardening.Harden(distinct, hardener, aborted);
        var hardened = clock.GetElapsedTime(started, keyed) + clock.GetElapsedTime(lookedUp);
        await (jury is null ? ScoreMissingAsync(distinct, request.Options, caches, aborted) : jury.HearAsync(distinct, request.Options, aborted));
        var timings = new LookupTimings(hardened, clock.GetElapsedTime(keyed, lookedUp));
        var responses = Unfold(distinct, places);
        if (plan.Pairs is null)
        {
            return new ScoredRequest(entry.Model, plan.Join(responses), Tokens(distinct), timings);
        }

        var (items, comparisons) = PairedResponses.Of(plan, responses);
        return new ScoredRequest(entry.Model, items, Tokens(distinct), timings) { Comparisons = comparisons };
    }

    private async Task ScoreMissingAsync(KeyedUnits units, ScoreOptions options, bool caches, CancellationToken aborted)
    {
        if (units.Missing == 0)
        {
            return;
        }

        if (options.Cache == CacheUse.Only)
        {
            Array.ForEach(units.WithoutResult(), unit => units.SetAll(unit, NotCached));
        }
        else if (caches)
        {
            await flight.ScoreAsync(units, options, aborted);
        }
        else
        {
            await ScoreAloneAsync(units, options, aborted);
        }
    }

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

    /// <summary>Every unit's results in order, and what was found in each counted, also where a stored score answered.</summary>
    private List<ScoredResponse> Unfold(KeyedUnits distinct, int[] places)
    {
        var unfolded = new List<ScoredResponse>(places.Length);
        foreach (var place in places)
        {
            var (results, findings) = (distinct.Results(place), distinct.Findings(place));
            hardening.Count(distinct.Entry.Model, findings);
            for (var response = 0; response < results.Count; response++)
            {
                unfolded.Add(new ScoredResponse(results[response], findings, distinct.IsCached(place)));
            }
        }

        return unfolded;
    }

    private static long Tokens(KeyedUnits distinct)
    {
        var tokens = 0L;
        for (var unit = 0; unit < distinct.Items.Count; unit++)
        {
            var results = distinct.Results(unit);
            // Both sides of a comparison say what it took.
            var said = distinct.Entry.Model.Granularity == Granularity.Pairwise ? 1 : results.Count;
            for (var response = 0; response < said; response++)
            {
                tokens += results[response].Score?.Tokens ?? results[response].Undecided?.Tokens ?? 0;
            }
        }

        return tokens;
    }
}
