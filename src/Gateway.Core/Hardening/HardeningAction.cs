namespace Gateway.Core.Hardening;

/// <summary>What a policy wants done about a finding, from the mildest to the strictest.</summary>
public enum HardeningAction
{
    /// <summary>The finding is dropped; a rule that is off at every severity does not run.</summary>
    Off,

    /// <summary>It is reported.</summary>
    Observe,

    /// <summary>It is reported as a likely attack; the score stands.</summary>
    Flag,

    /// <summary>It is made harmless, where the rule can; else flagged.</summary>
    Neutralise,

    /// <summary>The response gets the model's floor and never reaches the model; without a floor it is flagged.</summary>
    Floor,

    /// <summary>The response is refused and never reaches the model.</summary>
    Reject,
}
