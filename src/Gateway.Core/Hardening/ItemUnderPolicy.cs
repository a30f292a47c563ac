using Gateway.Core.Scoring;

namespace Gateway.Core.Hardening;

/// <summary>
/// An item and the policy that it is to be scored under: enough to name its score, and no more. What a <see cref="Hardener"/> finds in an item is
/// a pure function of the two and the model's template, so a stored score can keep it; only a <see cref="HardenedItem"/> reaches a model.
/// </summary>
public readonly struct ItemUnderPolicy
{
    internal ItemUnderPolicy(ScoreItem item, string policyDigest)
    {
        Item = item;
        PolicyDigest = policyDigest;
    }

    /// <summary>The item, as it was sent.</summary>
    public ScoreItem Item { get; }

    /// <summary>The digest of the policy; part of the item's key.</summary>
    public string PolicyDigest { get; }
}
