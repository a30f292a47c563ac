using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>The body of <c>POST /v1/score</c> in UTF-8; the public contract is <c>Gateway.Client.ScoreCall</c>.</summary>
internal sealed record ScoreEnvelope : EnvelopeItem
{
    public string? Model { get; init; }

    public List<EnvelopeItem?>? Items { get; init; }

    public EnvelopeOptions? Options { get; init; }

    /// <summary>The short form's one response.</summary>
    public EnvelopeResponse? Response { get; init; }

    /// <summary>True for <c>{model, prompt, response}</c>.</summary>
    [JsonIgnore]
    public bool IsShort => Items is null;

    /// <summary>The items of either form.</summary>
    [JsonIgnore]
    public IReadOnlyList<EnvelopeItem?> AllItems => Items ?? [this with { Responses = [Response] }];
}

/// <summary>One prompt and the responses to it.</summary>
internal record EnvelopeItem
{
    public string? Id { get; init; }

    public Utf8Text? Prompt { get; init; }

    public List<EnvelopeMessage?>? Messages { get; init; }

    public List<EnvelopeResponse?>? Responses { get; init; }

    // Fields of judges. They are known, so that a model that cannot use them says so rather than ignore them.
    public JsonElement? Reference { get; init; }

    public JsonElement? Principle { get; init; }

    public JsonElement? Rubric { get; init; }

    public JsonElement? Criteria { get; init; }
}

/// <summary>One turn.</summary>
internal sealed record EnvelopeMessage
{
    public string? Role { get; init; }

    [JsonConverter(typeof(MessageContentConverter))]
    public MessageContent? Content { get; init; }

    public string? Name { get; init; }
}

/// <summary>A response: its text, or its steps.</summary>
internal sealed record EnvelopeResponse(Utf8Text? Text, bool HasSteps);

/// <summary>How to score.</summary>
internal sealed record EnvelopeOptions
{
    public string? Hardening { get; init; }

    public string? Cache { get; init; }

    public bool? Explain { get; init; }

    public string? Run { get; init; }

    [JsonPropertyName("timeout_ms")]
    public int? TimeoutMs { get; init; }
}

/// <summary>Reads a response: a string, <c>{"text": …}</c> or <c>{"steps": […]}</c>.</summary>
internal sealed class EnvelopeResponseConverter : JsonConverter<EnvelopeResponse>
{
    public override EnvelopeResponse Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return new EnvelopeResponse(JsonText.Read(ref reader), HasSteps: false);
        }

        var response = new EnvelopeResponse(null, HasSteps: false);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (response.HasSteps || response.Text is not null)
            {
                throw new JsonException("a response has either \"text\" or \"steps\", once, and nothing else");
            }

            var isText = reader.ValueTextEquals("text"u8);
            if (!isText && !reader.ValueTextEquals("steps"u8))
            {
                throw new JsonException($"unknown field '{reader.GetString()}' in a response; it has \"text\" or \"steps\"");
            }

            reader.Read();
            response = isText ? response with { Text = JsonText.Read(ref reader) } : response with { HasSteps = true };
            reader.Skip();
        }

        return response;
    }

    public override void Write(Utf8JsonWriter writer, EnvelopeResponse value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Responses are only read.");
}

/// <summary>The native JSON: unknown and duplicate fields are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false,
    Converters = [typeof(Utf8TextConverter), typeof(EnvelopeResponseConverter)])]
[JsonSerializable(typeof(ScoreEnvelope))]
[JsonSerializable(typeof(Client.ScoreReply))]
[JsonSerializable(typeof(Client.ModelList))]
[JsonSerializable(typeof(Client.WatchReply))]
[JsonSerializable(typeof(Client.WatchAlarm))]
[JsonSerializable(typeof(Client.Problem))]
internal sealed partial class NativeJson : JsonSerializerContext
{
    private static NativeJson? s_plain;

    /// <summary>The same without HTML's escapes: replies are read by programs and by people at a terminal.</summary>
    public static NativeJson Plain =>
        s_plain ??= new NativeJson(new JsonSerializerOptions(Default.GeneratedSerializerOptions!) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
