namespace Gateway.Core.Scoring;

/// <summary>How many responses a model judges at a time.</summary>
public enum Granularity
{
    /// <summary>One response, so each is its own cacheable unit.</summary>
    Pointwise,

    /// <summary>All responses to a prompt together.</summary>
    Listwise,
}
