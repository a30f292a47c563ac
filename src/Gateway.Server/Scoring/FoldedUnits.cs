using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>Units of which those that are the same by key are scored once.</summary>
/// <param name="Distinct">The distinct ones.</param>
/// <param name="Places">For each unit its place among them.</param>
/// <param name="Timings">What looking them up took.</param>
internal sealed record FoldedUnits(KeyedUnits Distinct, int[] Places, LookupTimings Timings)
{
    /// <summary>True where some unit has a score, or will be asked for one: not all were floored or refused for their text.</summary>
    public bool HasScorable => Enumerable.Range(0, Distinct.Items.Count).Any(unit =>
        !Distinct.Has(unit) || (!Distinct.Findings(unit).Any(finding => finding.Action >= FindingAction.Floored) && Distinct.Scored(unit).Any(response => !response.Result.IsFailure)));

    /// <summary>What the responses of every unit got, in order.</summary>
    public IReadOnlyList<ScoredResponse>[] Unfold()
    {
        var unfolded = new IReadOnlyList<ScoredResponse>[Places.Length];
        for (var unit = 0; unit < unfolded.Length; unit++)
        {
            unfolded[unit] = Distinct.Scored(Places[unit]);
        }

        return unfolded;
    }

    /// <summary>Tokens read for them.</summary>
    public long Tokens()
    {
        var tokens = 0L;
        for (var unit = 0; unit < Distinct.Items.Count; unit++)
        {
            var scored = Distinct.Scored(unit);
            // Both sides of a comparison say what it took.
            var said = Distinct.Entry.Model.Granularity == Granularity.Pairwise ? 1 : scored.Length;
            for (var response = 0; response < said; response++)
            {
                tokens += scored[response].Result.Score?.Tokens ?? scored[response].Result.Undecided?.Tokens ?? 0;
            }
        }

        return tokens;
    }
}
