using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>Hardens what no stored score answered, under the policy of its request, and counts what was found in whatever was asked.</summary>
internal sealed class HardeningStep(HardeningPolicies policies, HardeningMetrics metrics)
{
    private static readonly ScoreResult Rejected =
        ScoreResult.Failed(ErrorKind.Rejected, "The hardening policy refuses this response; its findings say why.");

    /// <summary>The hardener of a request at a model.</summary>
    /// <exception cref="GatewayException">The request asks for a policy that it may not have.</exception>
    public Hardener For(IRewardModel model, ScoreOptions options) => policies.For(model.Name, options);

    /// <summary>
    /// Hardens the units without a result, in order, and gives those that the policy floors or rejects theirs: these never reach a model, so no score
    /// of theirs is ever stored.
    /// </summary>
    public void Harden(KeyedUnits units, Hardener hardener, CancellationToken aborted)
    {
        if (units.Missing == 0)
        {
            return;
        }

        var floored = hardener.Floor is { } floor ? (ScoreResult)new Score(floor, Tokens: 0, Truncated: false, default) : null;
        for (var unit = 0; unit < units.Items.Count; unit++)
        {
            if (units.Has(unit))
            {
                continue;
            }

            aborted.ThrowIfCancellationRequested();
            var hardened = hardener.Harden(units.Items[unit], units.Entry.Model.Template);
            units.Pass(unit, hardened);
            if (hardened.Gravest is FindingAction.Rejected or FindingAction.Floored)
            {
                units.SetAll(unit, hardened.Gravest == FindingAction.Rejected ? Rejected : floored!);
            }
        }
    }

    /// <summary>Counts what was found in one unit for a model, whether it was found now or when its score was stored.</summary>
    public void Count(IRewardModel model, IReadOnlyList<HardeningFinding> findings) => metrics.Count(model.Name, findings);
}
