using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>A served model as it is at any time, for a model that is made of it: it may be renewed while the gateway runs.</summary>
/// <param name="loaded">The model as it was loaded.</param>
/// <param name="current">The served model of a name; null while none is served.</param>
internal sealed class CurrentModel(IRenewedModel loaded, Func<string, IRewardModel?> current) : IRewardModel
{
    /// <inheritdoc/>
    public string Name => loaded.Name;

    /// <inheritdoc/>
    public string Revision => Now.Revision;

    /// <inheritdoc/>
    public Granularity Granularity => Now.Granularity;

    /// <inheritdoc/>
    public GuidanceFields Guidance => Now.Guidance;

    /// <inheritdoc/>
    public bool NeedsConversation => Now.NeedsConversation;

    /// <inheritdoc/>
    public ChatTemplate? Template => Now.Template;

    /// <inheritdoc/>
    public int? MaxTokens => Now.MaxTokens;

    /// <inheritdoc/>
    public int Concurrency => Now.Concurrency;

    private IRewardModel Now => current(loaded.Name) ?? loaded;

    /// <inheritdoc/>
    public string? ObjectionTo(Principle principle) => Now.ObjectionTo(principle);

    /// <inheritdoc/>
    public ScoreRange? RangeOf(Guidance? guidance) => Now.RangeOf(guidance);

    /// <inheritdoc/>
    public bool IsPlainlyRight(ScoreItem item, int response) => Now.IsPlainlyRight(item, response);

    /// <inheritdoc/>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) => Now.ScoreAsync(items, cancellation);
}
