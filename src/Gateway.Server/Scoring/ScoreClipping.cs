using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>
/// What lies beyond the range in which a model's scores were calibrated tells nothing, so it is given as the range's end and reported. Stored scores
/// are the model's own.
/// </summary>
internal static class ScoreClipping
{
    /// <summary>The name of the finding.</summary>
    public const string Rule = "clipped-score";

    /// <summary>The request with no score of a model beyond its range; floors are the operator's and stay.</summary>
    /// <param name="scored">What the models gave.</param>
    /// <param name="items">The request's items.</param>
    /// <param name="count">Is told of every finding.</param>
    public static ScoredRequest Clip(ScoredRequest scored, IReadOnlyList<ScoreItem> items, Action<HardeningFinding> count)
    {
        var given = new GivenScores();
        IReadOnlyList<ScoredResponse>[]? clipped = null;
        for (var item = 0; item < scored.Items.Count; item++)
        {
            if (scored.Model.RangeOf(items[item].Guidance) is { } range && scored.Items[item].Any(response => IsBeyond(response, range)))
            {
                clipped ??= [.. scored.Items];
                clipped[item] = [.. scored.Items[item].Select(response => IsBeyond(response, range) ? Clipped(response, range, given, count) : response)];
            }
        }

        return clipped is null ? scored : scored with { Items = clipped };
    }

    private static bool IsBeyond(in ScoredResponse response, ScoreRange range) =>
        response.Result.Score is { } score && (score.Value < range.Lowest || score.Value > range.Highest) && !response.IsFloored;

    private static ScoredResponse Clipped(in ScoredResponse response, ScoreRange range, GivenScores given, Action<HardeningFinding> count)
    {
        var own = response.Result.Score!;
        var finding = new HardeningFinding(
            Rule, HardeningSeverity.Low, FindingAction.Observed, "score", 0, own.Value < range.Lowest ? "below the calibrated range" : "above the calibrated range");
        count(finding);
        return response with
        {
            Result = given.InPlaceOf(own, Math.Clamp(own.Value, range.Lowest, range.Highest)),
            Raw = own.Value,
            Findings = [.. response.Findings, finding],
        };
    }
}
