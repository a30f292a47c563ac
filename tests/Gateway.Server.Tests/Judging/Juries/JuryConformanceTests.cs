using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Tests.Judging.Juries;

/// <summary>A jury is a reward model like any other.</summary>
public sealed class JuryConformanceTests : RewardModelConformance
{
    /// <summary>Its judges read conversations and nothing else.</summary>
    protected override HardenedItem? FailingItem => HardenedItems.Templated("x");

    protected override async Task<IRewardModel> CreateAsync()
    {
        var jury = await JuryGateway.StartAsync(
            [("jury", JuryGateway.Jury("mean", """{"model": "a"}, {"model": "b", "weight": 3}"""))],
            (judge, asked) => $"{((JudgeTexts.Of(asked)["response"].Sum(letter => letter) + judge[0]) % 5) + 1}");
        return new OwnedModel(jury, jury.Gateway.Services.GetRequiredService<ModelRegistry>().Find("jury").Model);
    }
}
