using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>The body of <c>POST /v1/score</c> in UTF-8, as <see cref="ScoreEnvelopeReader"/> reads it; the public contract is <c>Gateway.Client.ScoreCall</c>.</summary>
internal sealed record ScoreEnvelope : EnvelopeItem
{
    public string? Model { get; set; }

    public List<EnvelopeItem?>? Items { get; set; }

    public EnvelopeOptions? Options { get; set; }

    /// <summary>The short form's one response.</summary>
    public EnvelopeResponse? Response { get; set; }

    /// <summary>True for <c>{model, prompt, response}</c>.</summary>
    public bool IsShort => Items is null;

    /// <summary>The items of either form.</summary>
    public IReadOnlyList<EnvelopeItem?> AllItems => Items ?? [WithResponses([Response])];

    private EnvelopeItem WithResponses(IReadOnlyList<EnvelopeResponse?> responses)
    {
        var item = this with { };
        item.Take(responses);
        return item;
    }
}

/// <summary>One prompt and the responses to it.</summary>
internal record EnvelopeItem
{
    public string? Id { get; set; }

    /// <summary>The turn of the user that a prompt is.</summary>
    public Message? Prompt { get; set; }

    public List<EnvelopeMessage?>? Messages { get; set; }

    /// <summary>The responses' texts, as they are scored.</summary>
    public Utf8Text[]? Responses { get; private set; }

    /// <summary>The responses as they were sent, where one of them is no text; null where all are.</summary>
    public EnvelopeResponse?[]? Odd { get; private set; }

    /// <summary>What only judges use; null where the item has none of it.</summary>
    public EnvelopeJudging? Judging { get; set; }

    /// <summary>Takes the responses; null takes them away.</summary>
    public void Take(IReadOnlyList<EnvelopeResponse?>? responses)
    {
        Responses = responses is null ? null : new Utf8Text[responses.Count];
        Odd = null;
        for (var i = 0; i < responses?.Count; i++)
        {
            if (responses[i]?.Text is { } text)
            {
                Responses![i] = text;
            }
            else
            {
                Odd ??= [.. responses];
            }
        }
    }
}

/// <summary>Fields of judges. They are known, so that a model that cannot use them says so rather than ignore them.</summary>
internal sealed record EnvelopeJudging
{
    public JsonElement? Reference { get; set; }

    public JsonElement? Principle { get; set; }

    public JsonElement? Rubric { get; set; }

    public JsonElement? Criteria { get; set; }
}

/// <summary>One turn.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">What was said.</param>
internal readonly record struct EnvelopeMessage(string? Role, MessageContent? Content);

/// <summary>A response: its text, or its steps.</summary>
internal readonly record struct EnvelopeResponse(Utf8Text? Text, bool HasSteps);

/// <summary>How to score.</summary>
internal sealed record EnvelopeOptions
{
    public string? Hardening { get; set; }

    public string? Cache { get; set; }

    public string? Pairing { get; set; }

    public string? Controls { get; set; }

    public bool? Explain { get; set; }

    public string? Run { get; set; }

    public int? TimeoutMs { get; set; }
}

/// <summary>The native JSON, save for what the hot path reads and writes by hand; duplicate fields are refused.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Client.CriteriaReply))]
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
