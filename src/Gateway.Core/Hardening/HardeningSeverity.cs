namespace Gateway.Core.Hardening;

/// <summary>How sure and how grave a finding is: what a policy chooses its action by.</summary>
public enum HardeningSeverity
{
    /// <summary>Worth knowing; common in honest text, or quoted, or what the prompt asks about.</summary>
    Low,

    /// <summary>Rare in honest text.</summary>
    Medium,

    /// <summary>Hardly ever honest.</summary>
    High,
}
