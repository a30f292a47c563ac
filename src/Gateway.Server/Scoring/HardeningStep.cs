using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>Hardens the units of a request under its policy, and counts what was found.</summary>
internal sealed class HardeningStep(HardeningPolicies policies, HardeningMetrics metrics)
{
    /// <summary>Hardens units in order.</summary>
    /// <exception cref="GatewayException">The request asks for a policy that it may not have.</exception>
    public HardenedUnits Harden(IReadOnlyList<ScoreItem> units, IRewardModel model, ScoreOptions options, CancellationToken aborted)
    {
        var hardener = policies.For(model.Name, options);
        var hardened = new HardenedItem[units.Count];
        for (var i = 0; i < hardened.Length; i++)
        {
            aborted.ThrowIfCancellationRequested();
            hardened[i] = hardener.Harden(units[i], model.Template);
            metrics.Count(model.Name, hardened[i].Findings);
        }

        return new HardenedUnits(hardened, hardener.Floor);
    }
}
