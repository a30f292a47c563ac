namespace Gateway.Core.Aggregation;

/// <summary>How several numbers of one judge become one.</summary>
public enum VoteRule
{
    /// <summary>The arithmetic mean.</summary>
    Mean,

    /// <summary>The middle one; of an even number the mean of the two in the middle.</summary>
    Median,

    /// <summary>The mean without the lowest and the highest fifth, each rounded down.</summary>
    TrimmedMean,

    /// <summary>The most frequent one; undecided where two are.</summary>
    Majority,
}
