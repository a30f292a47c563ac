namespace Gateway.Core.Hardening.Folding;

/// <summary>The terms of one hash, and how many bytes of what follows all of them have.</summary>
internal sealed class TermBucket
{
    /// <summary>A bucket of these.</summary>
    public TermBucket(TermEntry[] entries)
    {
        Entries = entries;
        FollowingMask = entries.Where(entry => !entry.InNextWord).Aggregate(uint.MaxValue, (mask, entry) => mask & entry.Mask);
        NextWordMask = entries.Where(entry => entry.InNextWord).Aggregate(uint.MaxValue, (mask, entry) => mask & entry.Mask);
        HasFollowing = entries.Any(entry => !entry.InNextWord);
        HasNextWords = entries.Any(entry => entry.InNextWord);
    }

    /// <summary>Its terms, in the lexicon's order.</summary>
    public TermEntry[] Entries { get; }

    /// <summary>Which of the bytes after the first four all its terms have that are told apart by those.</summary>
    public uint FollowingMask { get; }

    /// <summary>Which of the next word's first bytes all its terms have that are told apart by those.</summary>
    public uint NextWordMask { get; }

    /// <summary>True where a term is told apart by the bytes after its first four.</summary>
    public bool HasFollowing { get; }

    /// <summary>True where a term is told apart by its next word.</summary>
    public bool HasNextWords { get; }

    /// <summary>The mask that is common to the terms told apart as this one is.</summary>
    public uint MaskOf(TermEntry entry) => entry.InNextWord ? NextWordMask : FollowingMask;
}
