using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Tests;

/// <summary>Loads and asks models, as short as tests want it.</summary>
internal static class Models
{
    public static async Task<OnnxRewardModel> LoadAsync(
        string folder, ModelDeployment? deployment = null, OnnxOptions? options = null, TimeProvider? time = null)
    {
        var factory = new OnnxRewardModelFactory(options ?? new OnnxOptions { Workers = 2 }, time ?? TimeProvider.System);
        var source = new ModelSource("fixture", folder, deployment ?? new ModelDeployment());
        return (OnnxRewardModel)await factory.LoadAsync(source, CancellationToken.None);
    }

    public static Task<OnnxRewardModel> LoadAsync(
        this FixtureModel fixture, ModelDeployment? deployment = null, OnnxOptions? options = null, TimeProvider? time = null) =>
        LoadAsync(fixture.Write(), deployment, options, time);

    public static async Task<ScoreResult> ScoreAsync(this OnnxRewardModel model, HardenedItem item) =>
        Assert.Single(await model.ScoreAsync([item], TestContext.Current.CancellationToken));
}
