namespace Gateway.Core.Hardening;

/// <summary>Looks for one kind of trouble in text. Pure, linear in the text, allocation-free where it finds nothing.</summary>
public interface IHardeningRule
{
    /// <summary>The rule's name, as findings and policies spell it.</summary>
    string Name { get; }

    /// <summary>Bumped when the rule finds more or less than before; part of the policy's digest.</summary>
    int Version { get; }

    /// <summary>Which fields it reads.</summary>
    HardeningScope Scope { get; }

    /// <summary>True where what it finds reaches a model as plain text, so that it can be neutralised.</summary>
    bool Neutralises => false;

    /// <summary>What the policy <c>default</c> does about it.</summary>
    RuleActions Default { get; }

    /// <summary>What the policy <c>strict</c> does about it.</summary>
    RuleActions Strict { get; }

    /// <summary>Adds what it finds in one field.</summary>
    void Inspect(in HardeningField field, FindingList findings);
}
