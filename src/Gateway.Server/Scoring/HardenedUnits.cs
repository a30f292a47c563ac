using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>The hardened units of one request: those that go on to be scored, and those that the policy has decided.</summary>
internal sealed class HardenedUnits
{
    private static readonly ScoreResult Rejected =
        ScoreResult.Failed(ErrorKind.Rejected, "The hardening policy refuses this response; its findings say why.");

    private readonly ScoreResult? _floored;

    /// <summary>Parts the units by what the policy did.</summary>
    public HardenedUnits(HardenedItem[] all, double? floor)
    {
        All = all;
        if (floor is { } score)
        {
            _floored = new Score(score, tokens: 0, truncated: false, default);
        }

        var open = Array.FindAll(all, unit => Decide(unit) is null);
        Open = open.Length == all.Length ? all : open;
    }

    /// <summary>Every unit, in order.</summary>
    public HardenedItem[] All { get; }

    /// <summary>Those that a model or a stored score answers, in order.</summary>
    public HardenedItem[] Open { get; }

    /// <summary>What each response of a unit gets without a model; null where a model is asked.</summary>
    public ScoreResult? Decide(HardenedItem unit) => unit.Gravest switch
    {
        FindingAction.Rejected => Rejected,
        FindingAction.Floored => _floored,
        _ => null,
    };
}
