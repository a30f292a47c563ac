using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>What one sample, or one call of it, says of the responses.</summary>
/// <param name="Values">A value for each response of the item, or of the shown ones of a call; null where the judge contradicts itself.</param>
public sealed record SampleVerdict(IReadOnlyList<double?> Values)
{
    /// <summary>The judge's words; null where it gave none.</summary>
    public string? Critique { get; init; }

    /// <summary>What each response's value is made of; empty where it is of one piece.</summary>
    public IReadOnlyList<IReadOnlyList<ScoreComponent>> Components { get; init; } = [];

    /// <summary>The share of calls that agree; null where there is nothing to agree on.</summary>
    public double? Agreement { get; init; }

    /// <summary>The standard deviation that the judge itself gives its value; null where it gives none.</summary>
    public double? Spread { get; init; }

    /// <summary>What a reader should know; where the judge contradicts itself, how.</summary>
    public string? Note { get; init; }
}
