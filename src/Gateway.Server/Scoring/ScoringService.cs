using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;

namespace Gateway.Server.Scoring;

/// <summary>The only orchestrator: split, look up, harden, score, join, hold against control answers, clip.</summary>
internal sealed class ScoringService(ModelRegistry models, HardeningStep hardening, UnitScoring scoring, ControlStep controls, Admission admission)
{
    /// <summary>Scores a request; trouble with one response is its result, trouble with the request an exception.</summary>
    /// <exception cref="GatewayException">The model is unknown or the house is full.</exception>
    public async Task<ScoredRequest> ScoreAsync(ScoreRequest request, CancellationToken aborted)
    {
        var entry = models.Find(request.Model);
        (entry.Model as JuryRewardModel)?.Check(request);
        var hardener = hardening.For(entry.Model, request.Options);
        if (FlooredApart.Of(request.Items, entry.Model, hardener) is not { } floored)
        {
            return await ScoreAsync(entry, hardener, request, aborted);
        }

        // What cannot be judged as it was sent is refused as it was sent.
        ItemPlan.Split(request.Items, entry.Model.Granularity, request.Options.Pairing);
        hardening.Count(entry.Model, [.. floored.Findings]);
        return floored.PutBack(floored.Rest.Count > 0
            ? await ScoreAsync(entry, hardener, request with { Items = floored.Rest }, aborted)
            : new ScoredRequest(entry.Model, [], 0, default) { Comparisons = entry.Model.Granularity == Granularity.Pairwise ? [] : null });
    }

    private async Task<ScoredRequest> ScoreAsync(ModelEntry entry, Hardener hardener, ScoreRequest request, CancellationToken aborted)
    {
        var options = request.Options;
        var plan = ItemPlan.Split(request.Items, entry.Model.Granularity, options.Pairing);
        admission.RefuseMoreThanTheHouse(plan.Units, entry.Model.Voices);
        var check = controls.For(entry, options, hardener.Floor);
        var folded = await scoring.LookUpAsync(entry, hardener, plan.Units, options, aborted);
        var asked = check is not null && folded.HasScorable ? controls.ScoreAsync(check, request.Items, options, aborted) : null;
        // Both end before the request's memory does, whatever becomes of the one or the other.
        await Task.WhenAll(scoring.ScoreMissingAsync(folded, options, aborted), asked ?? Task.CompletedTask);
        var scored = Join(plan, entry, folded);
        return ScoreClipping.Clip(asked is null ? scored : controls.Check(scored, await asked), request.Items, finding => hardening.Count(entry.Model, [finding]));
    }

    private ScoredRequest Join(ItemPlan plan, ModelEntry entry, FoldedUnits folded)
    {
        foreach (var place in folded.Places)
        {
            // What was found is counted also where a stored score answered.
            hardening.Count(entry.Model, folded.Distinct.Findings(place));
        }

        if (plan.Pairs is null)
        {
            return new ScoredRequest(entry.Model, plan.Join(folded.Unfold()), folded.Tokens(), folded.Timings);
        }

        var (items, comparisons) = PairedResponses.Of(plan, folded.Unfold());
        return new ScoredRequest(entry.Model, items, folded.Tokens(), folded.Timings) { Comparisons = comparisons };
    }
}
