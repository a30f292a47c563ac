using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Judging;

/// <summary>A reward model of a gateway that ends with it.</summary>
internal sealed class OwnedModel(IAsyncDisposable gateway, IRewardModel model) : IRewardModel, IAsyncDisposable
{
    public string Name => model.Name;

    public string Revision => model.Revision;

    public Granularity Granularity => model.Granularity;

    public ChatTemplate? Template => model.Template;

    public int? MaxTokens => model.MaxTokens;

    public int Concurrency => model.Concurrency;

    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) => model.ScoreAsync(items, cancellation);

    public ValueTask DisposeAsync() => gateway.DisposeAsync();
}
