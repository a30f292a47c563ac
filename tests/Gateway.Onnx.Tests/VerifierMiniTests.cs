using System.Text.Json;
using Gateway.Core.Hardening;

namespace Gateway.Onnx.Tests;

public class VerifierMiniTests
{
    private const double Tolerance = 2e-5;

    private static string Folder => Path.Combine(Fixture.Repository, "audit", "models", "verifier-mini");

    [Fact]
    public async Task ScoreAsync_GoldenConversations_GivesTheScoresOfTheTrainingFramework()
    {
        await using var model = await Models.LoadAsync(Folder);
        var goldens = File.ReadLines(Path.Combine(Folder, "goldens.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToList();

        var results = await model.ScoreAsync([.. goldens.Select(Conversation)], TestContext.Current.CancellationToken);

        Assert.Equal(31, goldens.Count);
        Assert.All(goldens.Zip(results), pair =>
        {
            Assert.Equal(pair.First.GetProperty("ids").GetArrayLength(), pair.Second.Score?.Tokens);
            Assert.Equal(pair.First.GetProperty("score").GetDouble(), pair.Second.Score!.Value, Tolerance);
        });
    }

    private static HardenedItem Conversation(JsonElement golden) => HardenedItems.Conversation(Text(golden, "prompt"), Text(golden, "response"));

    private static string Text(JsonElement golden, string field) => golden.GetProperty(field).GetString()!;
}
