using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Tokens;

namespace Gateway.Onnx.Tests;

public class RmMiniTests
{
    private const double Tolerance = 2e-5;

    private static string Folder => Path.Combine(Fixture.Repository, "models", "rm-mini");

    [Fact]
    public async Task ScoreAsync_GoldenConversations_GivesTheScoresOfTheTrainingFramework()
    {
        await using var model = await Models.LoadAsync(Folder);
        var goldens = Goldens();
        var native = await model.ScoreAsync([.. goldens.Select(Conversation)], TestContext.Current.CancellationToken);
        var templated = await model.ScoreAsync([.. goldens.Select(golden => HardenedItems.Templated(Text(golden)))], TestContext.Current.CancellationToken);
        for (var i = 0; i < goldens.Count; i++)
        {
            var score = native[i].Score;
            Assert.True(score is not null, native[i].Failure?.Message);
            Assert.Equal(goldens[i].GetProperty("ids").GetArrayLength(), score.Tokens);
            Assert.Equal(goldens[i].GetProperty("score").GetDouble(), score.Value, Tolerance);
            if (!NamesControlTokens(goldens[i]))
            {
                Assert.Equal(score.Value, templated[i].Score?.Value);
            }
        }
    }

    [Fact]
    public void Encode_TokenizerGoldens_GivesTheIdsOfSentencePiece()
    {
        var encoder = new SentencePieceEncoder(new PieceTable(SentencePieceModel.Read(File.ReadAllBytes(Path.Combine(Folder, "tokenizer.model")))));
        var ids = new TokenBuffer();
        foreach (var line in Fixture.GzLines(Path.Combine(Folder, "tokenizer-goldens.jsonl.gz")))
        {
            using var golden = JsonDocument.Parse(line);
            var repeats = golden.RootElement.TryGetProperty("repeat", out var repeated);
            var text = repeats
                ? string.Concat(Enumerable.Repeat(repeated.GetString(), golden.RootElement.GetProperty("times").GetInt32()))
                : golden.RootElement.GetProperty("text").GetString()!;
            ids.Clear();
            encoder.Encode(Encoding.UTF8.GetBytes(text), ids);
            var actual = string.Join(',', ids.Ids.ToArray());
            var expected = repeats
                ? golden.RootElement.GetProperty("ids_sha256").GetString()
                : string.Join(',', golden.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()));
            Assert.Equal(expected, repeats ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(actual))) : actual);
        }
    }

    // In text that went through a template such a name is a token, wherever it came from.
    private static bool NamesControlTokens(JsonElement golden) =>
        new[] { "<|im_start|>", "<|im_end|>", "<s>", "</s>", "<unk>", "<pad>" }.Any(token =>
            golden.GetProperty("messages").EnumerateArray().Any(turn => turn.GetProperty("content").GetString()!.Contains(token, StringComparison.Ordinal))
            || golden.GetProperty("response").GetString()!.Contains(token, StringComparison.Ordinal));

    private static List<JsonElement> Goldens() =>
        [.. File.ReadLines(Path.Combine(Folder, "goldens.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Text(JsonElement golden) => golden.GetProperty("text").GetString()!;

    private static HardenedItem Conversation(JsonElement golden) => HardenedItems.Of(new ItemBody.Conversation(
        [.. golden.GetProperty("messages").EnumerateArray().Select(turn => new Message(
            turn.GetProperty("role").GetString()!, new Utf8Text(turn.GetProperty("content").GetString()!)))],
        [new Utf8Text(golden.GetProperty("response").GetString()!)]));
}
