namespace Gateway.Server.Caching;

/// <summary>Why a value that Redis gave is no score; each is a miss.</summary>
internal enum PayloadFault
{
    /// <summary>Nothing is wrong with it.</summary>
    None,

    /// <summary>It is too short or too long for what it says that it holds.</summary>
    Torn,

    /// <summary>It was written in another version of the layout.</summary>
    Version,

    /// <summary>It is not signed, and this gateway signs.</summary>
    Unsigned,

    /// <summary>Its signature is not that of the signing key.</summary>
    Signature,

    /// <summary>Its bytes are not those that were written.</summary>
    Checksum,

    /// <summary>It belongs to another key.</summary>
    Key,

    /// <summary>It has more or fewer scores than the unit has responses.</summary>
    Count,

    /// <summary>A number in it is not one that a score can have.</summary>
    Number,

    /// <summary>It holds a finding that no scored text can have.</summary>
    Finding,

    /// <summary>It was dropped: a later generation is in force.</summary>
    Generation,
}
