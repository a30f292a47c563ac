namespace Gateway.Core.Scoring;

/// <summary>How many responses a model judges at a time.</summary>
public enum Granularity
{
    /// <summary>One response, so each is its own cacheable unit.</summary>
    Pointwise,

    /// <summary>Two responses to a prompt, so each pair is a cacheable unit; each gets its share of the preference, the two shares adding up to 1.</summary>
    Pairwise,

    /// <summary>All responses to a prompt together.</summary>
    Listwise,
}
