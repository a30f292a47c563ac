using System.Globalization;
using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>What one juror said of one response.</summary>
/// <param name="Juror">The juror.</param>
/// <param name="Result">What it gave; null where it was not heard to the end, because the jury could not be decided any more.</param>
/// <param name="Value">What its score counts as on the jury's scale; null where there is none that counts.</param>
/// <param name="IsCached">True where a stored score answered.</param>
public sealed record JurorScore(Juror Juror, ScoreResult? Result, double? Value, bool IsCached)
{
    /// <summary>A juror's result, read by the rules of its jury: a floor is nobody's score, nor is a score outside of its declared scale.</summary>
    public static JurorScore Of(JuryRule rule, Juror juror, ScoreResult result, bool isFloored, bool isCached)
    {
        if (isFloored)
        {
            return new JurorScore(
                juror, ScoreResult.Failed(ErrorKind.Rejected, "its hardening policy floors this response, and a floor is no juror's score; give the jury a policy that floors it too."), null, false);
        }

        if (result.Score is not { } score)
        {
            return new JurorScore(juror, result, null, isCached);
        }

        return rule.ValueOf(juror, score.Value) is { } value
            ? new JurorScore(juror, result, value, isCached)
            : new JurorScore(
                juror,
                ScoreResult.Failed(ErrorKind.InvalidScore, string.Create(CultureInfo.InvariantCulture, $"it gave {score.Value}, which is not on the scale that the jury declares for it.")),
                null,
                isCached);
    }
}
