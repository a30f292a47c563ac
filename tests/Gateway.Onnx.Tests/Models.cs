using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Tests;

/// <summary>Loads models and makes items, as short as tests want it.</summary>
internal static class Models
{
    private static readonly Hardener Hardener = new([]);

    public static async Task<OnnxRewardModel> LoadAsync(
        string folder, ModelDeployment? deployment = null, OnnxOptions? options = null, TimeProvider? time = null)
    {
        var factory = new OnnxRewardModelFactory(options ?? new OnnxOptions { Workers = 2 }, time ?? TimeProvider.System);
        var source = new ModelSource(Path.GetFileName(folder), folder, deployment ?? new ModelDeployment());
        return (OnnxRewardModel)await factory.LoadAsync(source, CancellationToken.None);
    }

    public static HardenedItem Item(ItemBody body) => Hardener.Harden(new ScoreItem(body), null);

    public static HardenedItem Conversation(string prompt, string response) => Item(
        new ItemBody.Conversation([new Message(Message.User, new Utf8Text(prompt))], [new Utf8Text(response)]));

    public static HardenedItem Templated(string text, string? prompt = null) => Item(
        new ItemBody.Templated(new Utf8Text(text), prompt is null ? null : new Utf8Text(prompt)));

    public static HardenedItem Ids(params int[] ids) => Item(new ItemBody.TokenIds(ids));

    public static async Task<ScoreResult> ScoreAsync(this OnnxRewardModel model, HardenedItem item) =>
        Assert.Single(await model.ScoreAsync([item], TestContext.Current.CancellationToken));
}
