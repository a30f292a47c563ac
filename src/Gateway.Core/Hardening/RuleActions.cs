namespace Gateway.Core.Hardening;

/// <summary>What a policy does about one rule's findings, by severity.</summary>
/// <param name="Low">About <see cref="HardeningSeverity.Low"/>.</param>
/// <param name="Medium">About <see cref="HardeningSeverity.Medium"/>.</param>
/// <param name="High">About <see cref="HardeningSeverity.High"/>.</param>
public readonly record struct RuleActions(HardeningAction Low, HardeningAction Medium, HardeningAction High)
{
    /// <summary>The same at every severity.</summary>
    public static RuleActions Always(HardeningAction action) => new(action, action, action);

    /// <summary>What is done at this severity.</summary>
    public HardeningAction At(HardeningSeverity severity) => severity switch
    {
        HardeningSeverity.High => High,
        HardeningSeverity.Medium => Medium,
        _ => Low,
    };

    /// <summary>True where no action is milder than the other's.</summary>
    public bool AtLeast(RuleActions other) => Low >= other.Low && Medium >= other.Medium && High >= other.High;
}
