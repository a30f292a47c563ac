namespace Gateway.Core.Hardening.Folding;

/// <summary>What the learned reading takes a text for that speaks to or for whoever judges it, by the rule that tells it; in the order of its heads.</summary>
internal enum LearnedAttack
{
    /// <summary>Claims that the work is done, checked or accepted.</summary>
    Completion,

    /// <summary>Gives a verdict on itself.</summary>
    Verdict,

    /// <summary>Tells a judge what to do.</summary>
    Instruction,

    /// <summary>Flatters, pleads, or lets others vouch for it.</summary>
    Praise,

    /// <summary>None of these.</summary>
    None,
}
