using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

/// <summary>The hand-written reader of native requests against the framework's: it accepts nothing that is not JSON, and reads the same texts.</summary>
public sealed class ScoreEnvelopeReaderTests
{
    private const int Most = 1024;

    private static readonly string[] Bodies =
    [
        """{"model": "m", "items": [{"id": "a", "prompt": "p\n\"q\"\\", "responses": ["x\u00e9\ud83d\ude00", {"text": "\\\\\""}, {"steps": ["s", 1.5e3]}]}]}""",
        """ { "messages" : [ {"role":"user","content":[{"type":"text","text":"a\tb"},{"type":"text","text":"c"}],"name":"n"},{"role":"x","content":""} ] , "response":"r" } """,
        """{"prompt":"caf\u00e9","response":null,"options":{"explain":true,"timeout_ms":12,"cache":"only","hardening":null,"run":"r\u0031"}}""",
        """{"items":[{"prompt":"p","responses":[],"reference":{"a":[1,2,{"b":null}]},"rubric":"x","criteria":false}],"m\u006fdel":"n"}""",
        "{\"items\":[]}", "null", "{}",
    ];

    private static readonly string[] Pieces =
        ["\"", "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "0", "-", "e", "n", "null", "true", "\\u", "\\ud83d", "\\x", "\0", "\u0001", "//", "é", "\"id\":", ",,", "[[", "]]"];

    [Fact]
    public void Read_MutatedBodies_AcceptsOnlyJsonAndReadsTheSameTexts()
    {
        var random = new Random(20_261_123);
        var accepted = 0;
        for (var round = 0; round < 60_000; round++)
        {
            var body = Encoding.UTF8.GetBytes(Mutated(Bodies[random.Next(Bodies.Length)], random));
            using var texts = new TextLease();
            try
            {
                var envelope = ScoreEnvelopeReader.Read(body, texts, Most);
                using var json = JsonDocument.Parse(body);
                Assert.Equal(Texts(json.RootElement), Texts(envelope));
                accepted++;
            }
            catch (JsonException e)
            {
                // What is JSON but not the envelope is refused by the path of the fault, what is not by its place in the body.
                Assert.Equal(IsJson(body), e.GetType() == typeof(JsonException) && e.Path is not null);
            }
        }

        Assert.InRange(accepted, 1_000, 59_000);
    }

    [Theory]
    [InlineData("""{"items": [{"responses": ["x", {"text": "y", "text": "z"}]}]}""", "$.items[0].responses[1]")]
    [InlineData("""{"messages": [{"role": "r"}, {"content": {}}]}""", "$.messages[1].content")]
    [InlineData("""{"items": [{}, {"reference": {"a": {"b": 1, "b": 2}}}]}""", "$.items[1].reference")]
    [InlineData("""{"messages": [{"content": [{"\ud83d": 1}]}]}""", "$.messages[0].content")]
    [InlineData("""{"reference": {"\ud83d": 1, "a": 2}}""", "$.reference")]
    [InlineData("""{"options": {"tim\u0065out_ms": "1"}}""", "$.options.timeout_ms")]
    public void Read_Fault_HasItsPath(string body, string path)
    {
        using var texts = new TextLease();

        var fault = Assert.Throws<JsonException>(() => ScoreEnvelopeReader.Read(Encoding.UTF8.GetBytes(body), texts, Most));

        Assert.Equal(path, fault.Path);
    }

    [Fact]
    public void Read_TextWithoutEscapes_IsNotCopied()
    {
        var body = """{"prompt": "plain", "response": "esc\u0061ped"}"""u8.ToArray();
        using var texts = new TextLease();

        var envelope = ScoreEnvelopeReader.Read(body, texts, Most)!;

        Assert.True(envelope.Prompt!.Content.Span.Overlaps(body));
        Assert.False(envelope.Response!.Value.Text!.Value.Span.Overlaps(body));
        Assert.Equal("escaped", envelope.Response.Value.Text.Value.ToString());
    }

    private static string Mutated(string body, Random random)
    {
        var text = new StringBuilder(body);
        for (var change = random.Next(4); change > 0 && text.Length > 0; change--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(3))
            {
                case 0:
                    text.Remove(at, Math.Min(text.Length - at, 1 + random.Next(3)));
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                default:
                    text[at] = (char)random.Next(1, 128);
                    break;
            }
        }

        return text.ToString();
    }

    private static bool IsJson(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static IEnumerable<string?> Texts(ScoreEnvelope? envelope) => envelope is null ? [] :
    [
        envelope.Model, .. Texts((EnvelopeItem)envelope), envelope.Response?.Text?.ToString(),
        envelope.Options?.Cache, envelope.Options?.Run, $"{envelope.Options?.Explain} {envelope.Options?.TimeoutMs}",
        .. (envelope.Items ?? []).SelectMany(item => item is null ? [] : Texts(item)),
    ];

    private static IEnumerable<string?> Texts(EnvelopeItem item) =>
    [
        item.Id, item.Prompt?.Content.ToString(), item.Judging?.Reference?.ToString(), item.Judging?.Criteria?.ToString(),
        .. (item.Messages ?? []).SelectMany(message => (string?[])[message?.Role, message?.Content?.Text.ToString()]),
        .. item.Odd?.Select(response => response?.Text?.ToString()) ?? (item.Responses ?? []).Select(response => response.ToString()),
    ];

    private static IEnumerable<string?> Texts(JsonElement body)
    {
        if (body.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        var options = Of(body, "options");
        return
        [
            Text(Of(body, "model")), .. ItemTexts(body), ResponseText(Of(body, "response")),
            Text(Of(options, "cache")), Text(Of(options, "run")), $"{Bool(Of(options, "explain"))} {Of(options, "timeout_ms")}",
            .. List(Of(body, "items")).SelectMany(item => item.ValueKind == JsonValueKind.Null ? [] : ItemTexts(item)),
        ];
    }

    private static IEnumerable<string?> ItemTexts(JsonElement item) =>
    [
        Text(Of(item, "id")), Text(Of(item, "prompt")), Any(Of(item, "reference")), Any(Of(item, "criteria")),
        .. List(Of(item, "messages")).SelectMany(message => (string?[])[Text(Of(message, "role")), Content(Of(message, "content"))]),
        .. List(Of(item, "responses")).Select(ResponseText),
    ];

    private static string? Content(JsonElement? content) => content is { ValueKind: JsonValueKind.Array } parts
        ? string.Concat(parts.EnumerateArray().Select(part => Text(Of(part, "text"))))
        : Text(content);

    private static string? ResponseText(JsonElement? response) => response is { ValueKind: JsonValueKind.Object } fields ? Text(Of(fields, "text")) : Text(response);

    private static string? ResponseText(JsonElement response) => ResponseText((JsonElement?)response);

    private static JsonElement? Of(JsonElement? parent, string field) =>
        parent is { ValueKind: JsonValueKind.Object } fields && fields.TryGetProperty(field, out var value) ? value : null;

    private static IEnumerable<JsonElement> List(JsonElement? list) => list is { ValueKind: JsonValueKind.Array } elements ? elements.EnumerateArray() : [];

    private static bool? Bool(JsonElement? value) => value is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : null;

    private static string? Any(JsonElement? value) => value is { ValueKind: not JsonValueKind.Null } some ? some.ToString() : null;

    // As the gateway reads them: a lone surrogate becomes U+FFFD.
    private static string? Text(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.String } text)
        {
            return null;
        }

        var raw = Encoding.UTF8.GetBytes(text.GetRawText()[1..^1]);
        var target = new byte[raw.Length];
        return Encoding.UTF8.GetString(target, 0, JsonText.Unescape(raw, target));
    }
}
