namespace Gateway.Core.Aggregation;

/// <summary>Which numbers of one judge are left out before they become one.</summary>
public enum VoteFilter
{
    /// <summary>None.</summary>
    None,

    /// <summary>Those whose modified z-score is above 3.5 (Iglewicz and Hoaglin, 1993).</summary>
    Outliers,
}
