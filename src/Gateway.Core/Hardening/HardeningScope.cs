namespace Gateway.Core.Hardening;

/// <summary>Which fields a rule reads.</summary>
public enum HardeningScope
{
    /// <summary>The judged responses.</summary>
    Responses,

    /// <summary>Responses and earlier turns that a user or operator did not write.</summary>
    Untrusted,

    /// <summary>Every text.</summary>
    Everything,
}
