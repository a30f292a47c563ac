using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>The only orchestrator: split, harden, key, fold duplicates, admit, score, unfold, join.</summary>
internal sealed class ScoringService(ModelRegistry models, Hardener hardener, Admission admission, TimeProvider clock)
{
    // What one response costs at most in the forecast of waits: longer text is refused without being read.
    private const int MostBytesPerToken = 16;
    private const int TokensWhereUnknown = 32_768;

    /// <summary>Scores a request; trouble with one response is its result, trouble with the request an exception.</summary>
    /// <exception cref="GatewayException">The model is unknown or the house is full.</exception>
    public async Task<ScoredRequest> ScoreAsync(ScoreRequest request, CancellationToken aborted)
    {
        var entry = models.Find(request.Model);
        var started = clock.GetTimestamp();
        var plan = ItemPlan.Split(request.Items, entry.Model.Granularity);
        admission.RefuseMoreThanTheHouse(plan.Units);
        var units = plan.Units.Select(unit => Harden(unit, entry.Model, aborted)).ToArray();
        var (distinct, places) = Fold(units, entry.Model.Revision);
        var hardening = clock.GetElapsedTime(started);

        var results = request.Options.Cache == CacheUse.Only
            ? [.. distinct.SelectMany(unit => Enumerable.Repeat(NotCached, unit.Item.Body.ResponseCount))]
            : await RunAsync(entry, distinct, request.Options.Patience, aborted);
        return new ScoredRequest(
            entry.Model,
            plan.Join(Unfold(units, distinct, places, results)),
            results.Sum(result => (long)(result.Score?.Tokens ?? 0)),
            hardening);
    }

    private static ScoreResult NotCached { get; } = ScoreResult.Failed(ErrorKind.NotCached, "No score of this response is stored.");

    private HardenedItem Harden(ScoreItem unit, IRewardModel model, CancellationToken aborted)
    {
        aborted.ThrowIfCancellationRequested();
        return hardener.Harden(unit, model.Template);
    }

    private async Task<IReadOnlyList<ScoreResult>> RunAsync(
        ModelEntry entry, IReadOnlyList<HardenedItem> units, TimeSpan patience, CancellationToken aborted)
    {
        if (units.Count == 0)
        {
            return [];
        }

        var responses = units.Sum(unit => unit.Item.Body.ResponseCount);
        var bytes = units.Sum(unit => Cost(unit, entry.Model));
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        admission.EnterItems(entry, responses, bytes, patience);
        var scored = (Bytes: 0L, Spent: TimeSpan.Zero);
        try
        {
            var results = await entry.Model.ScoreAsync(units, either.Token);
            scored = Scored(units, results, entry.Model);
            return results;
        }
        finally
        {
            admission.LeaveItems(entry, responses, bytes, scored);
        }
    }

    /// <summary>What was scored, in bytes, and the model's own time for it; what failed tells nothing of the model's speed.</summary>
    private static (long Bytes, TimeSpan Spent) Scored(IReadOnlyList<HardenedItem> units, IReadOnlyList<ScoreResult> results, IRewardModel model)
    {
        var scored = (Bytes: 0L, Spent: TimeSpan.Zero);
        for (var i = 0; i < units.Count && results.Count == units.Count; i++)
        {
            if (results[i].Score is { Timings: var timings })
            {
                scored = (scored.Bytes + Cost(units[i], model), scored.Spent + timings.Encode + timings.Run);
            }
        }

        return scored;
    }

    private static long Cost(HardenedItem unit, IRewardModel model) =>
        Math.Min(unit.Item.Body.Bytes, (long)MostBytesPerToken * (model.MaxTokens ?? TokensWhereUnknown) * unit.Item.Body.ResponseCount);

    /// <summary>Units that are the same by key run once: the distinct ones, and for each unit its place among them.</summary>
    private static (IReadOnlyList<HardenedItem> Distinct, int[] Places) Fold(HardenedItem[] units, string revision)
    {
        if (units.Length == 1)
        {
            return (units, [0]);
        }

        var places = new int[units.Length];
        var distinct = new List<HardenedItem>(units.Length);
        var seen = new Dictionary<ScoreKey, int>(units.Length);
        for (var i = 0; i < units.Length; i++)
        {
            var key = ScoreKey.Of(units[i], revision);
            if (!seen.TryGetValue(key, out places[i]))
            {
                seen[key] = places[i] = distinct.Count;
                distinct.Add(units[i]);
            }
        }

        return (distinct, places);
    }

    private static List<ScoredResponse> Unfold(
        HardenedItem[] units, IReadOnlyList<HardenedItem> distinct, int[] places, IReadOnlyList<ScoreResult> results)
    {
        var starts = new int[distinct.Count + 1];
        for (var i = 0; i < distinct.Count; i++)
        {
            starts[i + 1] = starts[i] + distinct[i].Item.Body.ResponseCount;
        }

        if (results.Count != starts[^1])
        {
            throw new GatewayException(ErrorKind.ModelFailed, $"The model gave {results.Count} results for {starts[^1]} responses.");
        }

        var unfolded = new List<ScoredResponse>(units.Length);
        for (var i = 0; i < units.Length; i++)
        {
            for (var response = starts[places[i]]; response < starts[places[i] + 1]; response++)
            {
                unfolded.Add(new ScoredResponse(results[response], units[i].Findings));
            }
        }

        return unfolded;
    }
}
