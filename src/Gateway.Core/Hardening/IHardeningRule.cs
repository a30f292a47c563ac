namespace Gateway.Core.Hardening;

/// <summary>Looks for one kind of trouble in text. Pure, linear in the text, allocation-free where it finds nothing.</summary>
public interface IHardeningRule : IPolicyRule
{
    /// <summary>Bumped when the rule finds more or less than before; part of the policy's digest.</summary>
    int Version { get; }

    /// <summary>Which fields it reads.</summary>
    HardeningScope Scope { get; }

    /// <summary>Adds what it finds in one field.</summary>
    void Inspect(in HardeningField field, FindingList findings);
}
