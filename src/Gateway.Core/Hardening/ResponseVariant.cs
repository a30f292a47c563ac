namespace Gateway.Core.Hardening;

/// <summary>A change of a response that leaves what it says as it is.</summary>
public enum ResponseVariant
{
    /// <summary>Without white space at both ends.</summary>
    Trimmed,

    /// <summary>With one line feed at its end.</summary>
    TrailingNewline,

    /// <summary>With one line feed at its beginning.</summary>
    LeadingNewline,

    /// <summary>Without white space at the ends of its lines, which end in a line feed alone.</summary>
    LineEnds,

    /// <summary>With a full stop behind its last word where there is none, and without where there is one.</summary>
    FinalMark,

    /// <summary>With the quotation marks, dashes and spaces of a keyboard in place of a typesetter's.</summary>
    PlainMarks,
}
