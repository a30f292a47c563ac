using System.Text.RegularExpressions;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Tests.Judging.Juries;

/// <summary>A jury is a reward model like any other.</summary>
public sealed partial class JuryConformanceTests : RewardModelConformance
{
    /// <summary>Its judges read conversations and nothing else.</summary>
    protected override HardenedItem? FailingItem => HardenedItems.Templated("x");

    protected override async Task<IRewardModel> CreateAsync()
    {
        var jury = await JuryGateway.StartAsync(
            [("jury", JuryGateway.Jury("mean", """{"model": "a"}, {"model": "b", "weight": 3}"""))],
            (judge, asked) => $"{((Response().Match(asked).Groups[1].Value.Sum(letter => letter) + judge[0]) % 5) + 1}");
        return new Owned(jury, jury.Gateway.Services.GetRequiredService<ModelRegistry>().Find("jury").Model);
    }

    [GeneratedRegex("<<<response [0-9a-f]+\n(.*?)\nresponse [0-9a-f]+>>>", RegexOptions.Singleline)]
    private static partial Regex Response();

    private sealed class Owned(JuryGateway gateway, IRewardModel model) : IRewardModel, IAsyncDisposable
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
}
