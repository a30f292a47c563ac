namespace Gateway.Core.Hardening;

/// <summary>Looks for one kind of trouble in untrusted text. Pure, linear in the text, allocation-free where it finds nothing.</summary>
public interface IHardeningRule
{
    /// <summary>The rule's name, as findings and policies spell it.</summary>
    string Name { get; }

    /// <summary>Bumped when the rule finds more or less than before; part of the policy's digest.</summary>
    int Version { get; }

    /// <summary>Adds what it finds in one field.</summary>
    void Inspect(in HardeningField field, FindingList findings);
}

/// <summary>One field of an item under inspection.</summary>
/// <param name="name">Its name in findings.</param>
/// <param name="text">Its UTF-8 bytes.</param>
/// <param name="isUntrusted">True for what a policy wrote, false for what a user or operator wrote.</param>
/// <param name="isParsed">True where control tokens in the text are real ones to the model, so that rules can only observe.</param>
public readonly ref struct HardeningField(string name, ReadOnlySpan<byte> text, bool isUntrusted, bool isParsed = false)
{
    /// <summary>Its name in findings.</summary>
    public string Name { get; } = name;

    /// <summary>Its UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Text { get; } = text;

    /// <summary>True for what a policy wrote, false for what a user or operator wrote.</summary>
    public bool IsUntrusted { get; } = isUntrusted;

    /// <summary>True where control tokens in the text are real ones to the model, so that rules can only observe.</summary>
    public bool IsParsed { get; } = isParsed;
}
