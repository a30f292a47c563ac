using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>One served model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Aliases">Other names it answers to.</param>
/// <param name="LoadedAt">When it was loaded.</param>
/// <param name="Load">What it has to do, and how fast it does it.</param>
internal sealed record ModelEntry(IRewardModel Model, IReadOnlyList<string> Aliases, DateTimeOffset LoadedAt, ModelLoad Load)
{
    /// <summary>For a model that needs conversations, the chat template by which templated text is taken apart; null where none is configured.</summary>
    public ChatTemplate? PolicyTemplate { get; init; }

    /// <summary>Whether its scores are stored.</summary>
    public bool Caches { get; init; } = true;

    /// <summary>The control answers that its scores are held against.</summary>
    public ControlOptions Controls { get; init; } = new();

    /// <summary>How long they are kept; null for as long as others.</summary>
    public TimeSpan? CacheTtl { get; init; }
}
