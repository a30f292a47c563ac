using Gateway.Core.Scoring;

namespace Gateway.Core.Hardening;

/// <summary>
/// An item that passed the <see cref="Hardener"/>. Nobody else can make one, so text that was not looked at cannot reach a model.
/// </summary>
public sealed class HardenedItem
{
    internal HardenedItem(ScoreItem item, string policyDigest, IReadOnlyList<HardeningFinding> findings)
    {
        Item = item;
        PolicyDigest = policyDigest;
        Findings = findings;
    }

    /// <summary>The item, as it was sent.</summary>
    public ScoreItem Item { get; }

    /// <summary>The digest of the policy it passed; part of its key.</summary>
    public string PolicyDigest { get; }

    /// <summary>What the rules found.</summary>
    public IReadOnlyList<HardeningFinding> Findings { get; }

    /// <summary>The item and its policy, which name its score.</summary>
    public static implicit operator ItemUnderPolicy(HardenedItem hardened) => new(hardened.Item, hardened.PolicyDigest);

    /// <summary>Items in memory of their own, for what may outlive the request; a prompt that neighbours share is copied once.</summary>
    public static IReadOnlyList<HardenedItem> ToOwned(IReadOnlyList<HardenedItem> items)
    {
        var owned = new HardenedItem[items.Count];
        (ItemBody Leased, ItemBody Owned)? sibling = null;
        for (var i = 0; i < owned.Length; i++)
        {
            var body = items[i].Item.Body;
            sibling = (body, body.ToOwned(sibling));
            owned[i] = new HardenedItem(items[i].Item with { Body = sibling.Value.Owned, Guidance = items[i].Item.Guidance?.ToOwned() }, items[i].PolicyDigest, items[i].Findings);
        }

        return owned;
    }

    /// <summary>The gravest thing that was done about a finding; <see cref="FindingAction.Observed"/> where nothing was.</summary>
    public FindingAction Gravest
    {
        get
        {
            var gravest = FindingAction.Observed;
            for (var i = 0; i < Findings.Count; i++)
            {
                gravest = Findings[i].Action > gravest ? Findings[i].Action : gravest;
            }

            return gravest;
        }
    }
}
