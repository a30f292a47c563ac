namespace Gateway.Core.Hardening;

/// <summary>Something that a policy has actions for: a rule on texts, or a check of what a model made of them.</summary>
public interface IPolicyRule
{
    /// <summary>The rule's name, as findings and policies spell it.</summary>
    string Name { get; }

    /// <summary>True where what it finds reaches a model as plain text, so that it can be neutralised.</summary>
    bool Neutralises => false;

    /// <summary>What the policy <c>default</c> does about it.</summary>
    RuleActions Default { get; }

    /// <summary>What the policy <c>strict</c> does about it.</summary>
    RuleActions Strict { get; }
}
