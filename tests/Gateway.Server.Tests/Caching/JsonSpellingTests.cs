using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Gateway.Server.Tests.Caching;

/// <summary>The same request in another spelling of JSON is the same to the cache, through the real wire; another text is not.</summary>
public sealed class JsonSpellingTests
{
    private const string Letters = "ab \n\t\"\\/é日\u0001<";

    private static readonly Gen<string> Text = Gen.OneOf(Gen.String[Gen.Char[Letters], 1, 12], Gen.Const("😀 日本語"), Gen.Const("a\u2028b"));

    [Fact]
    public async Task Score_SameItemSpeltOtherwise_IsAHit()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        await Gen.Select(Text, Text, Text.Array[1, 3], Gen.Bool, Gen.Int).SampleAsync(
            async (role, prompt, responses, asMessages, seed) =>
            {
                var texts = new JsonArray([.. responses.Select(text => JsonValue.Create(text))]);
                var item = asMessages
                    ? new JsonObject { ["messages"] = new JsonArray(new JsonObject { ["role"] = role, ["content"] = prompt }), ["responses"] = texts }
                    : new JsonObject { ["prompt"] = prompt, ["responses"] = texts };
                var random = new Random(seed);

                var first = await gateway.PostAsync("/v1/score", Spell(Request(item, "use"), random));
                var second = await gateway.PostAsync("/v1/score", Spell(Request(item, "only"), random));
                item["responses"]!.AsArray()[0] = responses[0] + "!" + seed.ToString(CultureInfo.InvariantCulture);
                var other = await gateway.PostAsync("/v1/score", Spell(Request(item, "only"), random));

                Assert.Equal((200, 200), (first.Status, second.Status));
                Assert.All(ScoreCacheTests.Scores(second.Json!), score => Assert.True(score!["cached"]!.GetValue<bool>()));
                Assert.Equal("not_cached", ScoreCacheTests.Scores(other.Json!)[0]!["error"]!["kind"]!.GetValue<string>());
            },
            iter: 100, threads: 1);
    }

    [Fact]
    public async Task Score_MessageOfParts_IsTheSameAsItsText()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        await gateway.PostAsync("/v1/score", """{"messages": [{"role": "user", "content": "one two"}], "response": "x"}""");

        var (_, reply, _) = await gateway.PostAsync(
            "/v1/score",
            """{"response": {"text": "\u0078"}, "options": {"cache": "only"}, "messages": [{"content": [{"type": "text", "text": "one "}, {"text": "two", "type": "text"}], "role": "\u0075ser"}]}""");

        Assert.True(ScoreCacheTests.Scores(reply!)[0]!["cached"]!.GetValue<bool>());
    }

    private static JsonObject Request(JsonObject item, string cache) =>
        new() { ["items"] = new JsonArray(item.DeepClone()), ["options"] = new JsonObject { ["cache"] = cache } };

    /// <summary>Writes JSON with fields in any order, white space anywhere, and each character in any of its spellings.</summary>
    private static string Spell(JsonNode? node, Random random)
    {
        var space = new string(random.Next(3) == 0 ? ' ' : '\n', random.Next(3));
        return space + node switch
        {
            JsonObject map => "{" + string.Join(",", Shuffled(map, random).Select(field => $"{Quote(field.Key, random)}{space}:{Spell(field.Value, random)}")) + space + "}",
            JsonArray list => "[" + string.Join(",", list.Select(entry => Spell(entry, random))) + "]",
            JsonValue value when value.TryGetValue(out string? text) => Quote(text, random),
            _ => node!.ToJsonString(),
        } + space;
    }

    private static KeyValuePair<string, JsonNode?>[] Shuffled(JsonObject map, Random random)
    {
        var fields = map.ToArray();
        random.Shuffle(fields);
        return fields;
    }

    private static string Quote(string text, Random random)
    {
        var quoted = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            var mustEscape = text[i] is '"' or '\\' or < ' ';
            if (mustEscape || random.Next(3) == 0)
            {
                quoted.Append(Short(text[i]) is { } brief && random.Next(2) == 0
                    ? brief
                    : "\\u" + ((int)text[i]).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
            }
            else if (char.IsHighSurrogate(text[i]))
            {
                // Half of a pair cannot be written as it is.
                quoted.Append(text[i]).Append(text[++i]);
            }
            else if (char.IsLowSurrogate(text[i]))
            {
                quoted.Append("\\u").Append(((int)text[i]).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                quoted.Append(text[i]);
            }
        }

        return quoted.Append('"').ToString();
    }

    private static string? Short(char letter) => letter switch
    {
        '\n' => "\\n",
        '\t' => "\\t",
        '"' => "\\\"",
        '\\' => "\\\\",
        '/' => "\\/",
        _ => null,
    };
}
