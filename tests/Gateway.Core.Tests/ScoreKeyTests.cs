using System.Text.Json;
using CsCheck;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ScoreKeyTests
{
    public static TheoryData<int> Goldens => [.. Enumerable.Range(0, ReadGoldens().Count)];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void Of_GoldenItem_IsTheIndependentKey(int index)
    {
        var golden = ReadGoldens()[index];

        Assert.Equal(golden.Key, ScoreKey.Of(golden.Item, golden.Revision).ToString());
    }

    [Fact]
    public void Of_Goldens_AreAllDifferent()
    {
        var keys = ReadGoldens().Select(golden => ScoreKey.Of(golden.Item, golden.Revision)).ToArray();

        Assert.True(keys.Length > 30);
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Of_LeasedAndOwnedText_AreEqual() =>
        Gen.Select(Texts.Any, Texts.Any, Texts.Any).Sample((role, prompt, response) =>
        {
            using var lease = new TextLease();
            var owned = Item(new ItemBody.Conversation([new Message(role, new Utf8Text(prompt))], [new Utf8Text(response)]));
            var leased = Item(new ItemBody.Conversation([new Message(role, lease.Text(prompt))], [lease.Text(response)]));
            Assert.Equal(ScoreKey.Of(owned, "r"), ScoreKey.Of(leased, "r"));
            Assert.Equal(ScoreKey.Of(owned, "r").GetHashCode(), ScoreKey.Of(leased, "r").GetHashCode());
        });

    [Fact]
    public void Of_TwoConversations_AreEqualOnlyWhereTheTextsAre()
    {
        // Few and short letters, so that many pairs have the same concatenation.
        var text = Gen.String[Gen.Char["ab"], 0, 2];
        var conversation = Gen.Select(Gen.Select(text, text).Array[0, 2], text.Array[0, 2]);
        Gen.Select(conversation, conversation).Sample((one, other) =>
        {
            var same = one.Item1.SequenceEqual(other.Item1) && one.Item2.SequenceEqual(other.Item2);
            Assert.Equal(same, KeyOf(one.Item1, one.Item2) == KeyOf(other.Item1, other.Item2));
        });
    }

    [Fact]
    public void Of_ConversationAndItsTemplatedText_Differ()
    {
        var template = ChatTemplatePresets.Find("chatml")!;
        var text = template.Render([Texts.User("hi")], new Utf8Text("hello")).ToString();

        Assert.NotEqual(
            ScoreKey.Of(Item(Texts.Conversation([Texts.User("hi")], "hello").Body), "r"),
            ScoreKey.Of(Item(Texts.Templated(text)), "r"));
    }

    [Fact]
    public void Of_Findings_DoNotCount()
    {
        var item = Texts.Conversation([], "x");
        var finding = new HardeningFinding("rule", HardeningSeverity.Low, FindingAction.Observed, "response", 0, "");

        Assert.Equal(ScoreKey.Of(new HardenedItem(item, "p", []), "r"), ScoreKey.Of(new HardenedItem(item, "p", [finding]), "r"));
    }

    [Fact]
    public void CopyTo_Key_IsTheDigestThatItPrints()
    {
        var key = ScoreKey.Of(Item(new ItemBody.TokenIds([1, 2])), "r");
        var digest = new byte[32];
        key.CopyTo(digest);

        Assert.Equal(key.ToString(), Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void CopyTo_TooSmall_Throws() => Assert.ThrowsAny<ArgumentException>(() => default(ScoreKey).CopyTo(new byte[31]));

    private static HardenedItem Item(ItemBody body) => new(new ScoreItem(body), "p", []);

    private static ScoreKey KeyOf((string Role, string Content)[] prompt, string[] responses) =>
        ScoreKey.Of(new HardenedItem(Texts.Conversation([.. prompt.Select(turn => new Message(turn.Role, new Utf8Text(turn.Content)))], responses), "p", []), "r");

    private static List<Golden> ReadGoldens()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryRoot.File("tests/Gateway.Core.Tests/Goldens/score-keys.json")));
        return [.. document.RootElement.EnumerateArray().Select(ReadGolden)];
    }

    private static Golden ReadGolden(JsonElement golden) => new(
        new HardenedItem(new ScoreItem(ReadBody(golden), golden.TryGetProperty("guidance", out var guidance) ? ReadGuidance(guidance) : null), golden.GetProperty("policy").GetString()!, []),
        golden.GetProperty("revision").GetString()!,
        golden.GetProperty("key").GetString()!);

    private static Guidance ReadGuidance(JsonElement guidance) => new(
        guidance.TryGetProperty("reference", out var reference) ? new Utf8Text(reference.GetString()!) : null,
        guidance.TryGetProperty("principle", out var principle)
            ? Principle.Inline(principle.GetProperty("text").GetString()!, principle.TryGetProperty("rubric", out var own) ? ReadRubric(own) : null)
            : null,
        guidance.TryGetProperty("rubric", out var rubric) ? ReadRubric(rubric) : null,
        guidance.TryGetProperty("generates", out var generates) && generates.GetBoolean());

    private static Rubric ReadRubric(JsonElement rubric) => new(
        rubric.TryGetProperty("scale", out var scale)
            ? new ScoreScale(scale.GetProperty("lowest").GetInt32(), scale.GetProperty("highest").GetInt32(), Strings(scale.GetProperty("descriptions")))
            : null,
        [.. rubric.GetProperty("criteria").EnumerateArray().Select(one => new Criterion(
            one.GetProperty("name").GetString()!,
            one.GetProperty("question").GetString()!,
            one.GetProperty("weight").GetDouble(),
            Strings(one.GetProperty("choices")),
            one.GetProperty("pitfall").GetBoolean()))]);

    private static string[] Strings(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static ItemBody ReadBody(JsonElement golden)
    {
        if (golden.TryGetProperty("ids", out var ids))
        {
            return new ItemBody.TokenIds([.. ids.EnumerateArray().Select(id => id.GetInt32())]);
        }

        var prompt = golden.GetProperty("prompt");
        return golden.TryGetProperty("text", out var text)
            ? Texts.Templated(text.GetString()!, prompt.GetString())
            : new ItemBody.Conversation(
                [.. prompt.EnumerateArray().Select(turn => new Message(turn[0].GetString()!, new Utf8Text(turn[1].GetString()!)))],
                [.. golden.GetProperty("responses").EnumerateArray().Select(response => new Utf8Text(response.GetString()!))]);
    }

    private sealed record Golden(HardenedItem Item, string Revision, string Key);
}
