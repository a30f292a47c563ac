using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Tests.Judging;

/// <summary>A judge is a reward model like any other.</summary>
public sealed class JudgeConformanceTests : RewardModelConformance
{
    /// <summary>A judge reads conversations and nothing else.</summary>
    protected override HardenedItem? FailingItem => HardenedItems.Templated("x");

    protected override async Task<IRewardModel> CreateAsync()
    {
        var judge = await JudgeGateway.StartAsync(
            JudgeGateway.Manifest("""{"kind": "rubric"}"""),
            asked => $$"""{"explanation": "x", "score": {{(JudgeTexts.Of(asked)["response"].Sum(letter => letter) % 5) + 1}}}""");
        return new OwnedModel(judge, (IDeadlineRewardModel)judge.Gateway.Services.GetRequiredService<ModelRegistry>().Find("judge").Model);
    }
}
