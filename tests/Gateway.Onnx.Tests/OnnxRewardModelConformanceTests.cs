using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Tests;

public sealed class OnnxRewardModelConformanceTests : RewardModelConformance, IDisposable
{
    private readonly FixtureModel _fixture = FixtureModel.Create();

    protected override HardenedItem? FailingItem => HardenedItems.Conversation("Fail.", "\u0003");

    public void Dispose() => _fixture.Dispose();

    protected override async Task<IRewardModel> CreateAsync() => await _fixture.LoadAsync();
}
