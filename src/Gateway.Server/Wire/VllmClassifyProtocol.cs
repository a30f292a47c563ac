using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// vLLM's <c>POST /classify</c>, as verl's reward loop calls it: <c>{"input": text, texts, ids or lists of ids}</c> or <c>{"messages": […]}</c> →
/// <c>data[].probs</c>, a sigmoid of the logit unless <c>use_activation</c> (older: <c>activation</c>, <c>softmax</c>) is false.
/// verl gives up at any 4xx, 429 too, so transient trouble is 503.
/// </summary>
internal sealed class VllmClassifyProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits, TimeProvider clock)
{
    private readonly ScoreOptions _options = new(TimeSpan.FromMilliseconds(patience.Value.VllmClassify));
    private readonly int _mostInputs = limits.Value.ResponsesPerRequest;
    private readonly int _mostMessages = limits.Value.MessagesPerItem;

    /// <summary>Maps the dialect's route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/classify", WriteError, HandleAsync).WithSummary("vLLM's classify").WithTags("Dialects");

    private async Task HandleAsync(WireCall call)
    {
        var body = call.Parse(DialectJson.Default.VllmClassifyBody);
        var activate = Activates(body);
        var entry = call.Model(body.Model, fallBack: true);
        var scored = await call.ScoreAsync(new ScoreRequest(entry.Model.Name, Items(body, entry), _options));
        var scores = scored.ScoresOrThrow();
        call.NameActivation(activate ? "sigmoid" : "none");
        var data = scores.Select((score, i) => new VllmClass(i, "LABEL_0", [activate ? Sigmoid(score.Value) : score.Value], 1)).ToArray();
        var tokens = scores.Sum(score => (long)score.Tokens);
        await call.ReplyAsync(
            new VllmClassifyReply(
                $"classify-{Guid.NewGuid():N}", "list", clock.GetUtcNow().ToUnixTimeSeconds(), body.Model ?? entry.Model.Name, data, new VllmUsage(tokens, tokens, 0)),
            DialectJson.Default.VllmClassifyReply);
    }

    private ScoreItem[] Items(VllmClassifyBody body, ModelEntry entry)
    {
        if (body.TruncatePromptTokens is not null)
        {
            throw new GatewayException(
                ErrorKind.UnsupportedField,
                "truncate_prompt_tokens: a gateway truncates by its model's configuration, not by request; leave it out, or set Gateway:Models:<name>:Truncation.");
        }

        var bodies = (body.Input, body.Messages) switch
        {
            ({ } input, null) => input.Bodies,
            (null, { } messages) => [WireMessage.Judged(WireMessage.ToCore(messages, "$.messages", _mostMessages), "messages")],
            (null, null) => throw new GatewayException(ErrorKind.InvalidRequest, "Send either input or messages; both are missing."),
            _ => throw new GatewayException(ErrorKind.InvalidRequest, "Send either input or messages, not both."),
        };
        if (bodies.Count == 0)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "You must pass at least one prompt");
        }

        return bodies.Count <= _mostInputs
            ? [.. bodies.Select((one, i) => new ScoreItem(one is ItemBody.Templated templated ? PolicyText.For(entry, templated, $"input {i}") : one))]
            : throw new GatewayException(
                ErrorKind.InvalidRequest, $"input: {bodies.Count} texts; at most {_mostInputs} a request (Gateway:Limits:ResponsesPerRequest).");
    }

    private static bool Activates(VllmClassifyBody body)
    {
        if (body.Softmax == true)
        {
            throw new GatewayException(
                ErrorKind.UnsupportedField,
                "softmax: over one label it is always 1; send use_activation true for a sigmoid, or false for the logit.");
        }

        bool[] wanted = [.. new[] { body.UseActivation, body.Activation, body.Softmax }.OfType<bool>().Distinct()];
        return wanted.Length switch
        {
            0 => true,
            1 => wanted[0],
            _ => throw new GatewayException(
                ErrorKind.InvalidRequest, "use_activation, activation and softmax mean the same and disagree here; send use_activation alone."),
        };
    }

    private static double Sigmoid(double logit) => 1.0 / (1.0 + Math.Exp(-logit));

    private static WireReply WriteError(GatewayException e)
    {
        var status = e.Kind == ErrorKind.InputTooLong ? 400 : WireReply.TrainerStatus(e.Kind);
        return WireReply.Json(status, json =>
        {
            json.WriteStartObject("error");
            json.WriteString("message", e.Message);
            json.WriteString("type", status switch
            {
                400 => "BadRequestError",
                404 => "NotFoundError",
                422 => "UnprocessableEntityError",
                503 => "ServiceUnavailableError",
                _ => "BadRequestError",
            });
            json.WriteNull("param");
            json.WriteNumber("code", status);
            json.WriteEndObject();
        });
    }
}

/// <summary>The request; other fields are ignored, as vLLM ignores them. Special tokens are added where the manifest asks and they are absent.</summary>
internal sealed record VllmClassifyBody
{
    public string? Model { get; init; }

    [JsonConverter(typeof(VllmInputConverter))]
    public VllmInput? Input { get; init; }

    public List<WireMessage?>? Messages { get; init; }

    [JsonPropertyName("use_activation")]
    public bool? UseActivation { get; init; }

    public bool? Activation { get; init; }

    public bool? Softmax { get; init; }

    [JsonPropertyName("truncate_prompt_tokens")]
    public int? TruncatePromptTokens { get; init; }
}

/// <summary>What <c>input</c> held: one text, texts, one list of token ids, or lists of them.</summary>
internal sealed record VllmInput(IReadOnlyList<ItemBody> Bodies);

/// <summary>Reads the four forms of <c>input</c>.</summary>
internal sealed class VllmInputConverter : JsonConverter<VllmInput>
{
    public override VllmInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new VllmInput([new ItemBody.Templated(JsonText.Read(ref reader), null)]);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("expected a text, texts, token ids or lists of token ids");
        }

        var bodies = new List<ItemBody>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (bodies.Count == 0 && reader.TokenType == JsonTokenType.Number)
            {
                return new VllmInput([new ItemBody.TokenIds(ReadIds(ref reader))]);
            }

            bodies.Add(reader.TokenType == JsonTokenType.StartArray && reader.Read()
                ? new ItemBody.TokenIds(ReadIds(ref reader))
                : new ItemBody.Templated(JsonText.Read(ref reader), null));
        }

        return new VllmInput(bodies);
    }

    public override void Write(Utf8JsonWriter writer, VllmInput value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Inputs are only read.");

    private static List<int> ReadIds(ref Utf8JsonReader reader)
    {
        var ids = new List<int>();
        while (reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var id))
            {
                throw new JsonException("expected a token id, a whole number");
            }

            ids.Add(id);
            reader.Read();
        }

        return ids;
    }
}

/// <summary>The reply, in input order.</summary>
internal sealed record VllmClassifyReply(string Id, string Object, long Created, string Model, IReadOnlyList<VllmClass> Data, VllmUsage Usage);

/// <summary>One input's classes: for a reward model the one logit, activated or not.</summary>
internal sealed record VllmClass(
    int Index, string Label, IReadOnlyList<double> Probs, [property: JsonPropertyName("num_classes")] int NumClasses);

/// <summary>Token counts.</summary>
internal sealed record VllmUsage(
    [property: JsonPropertyName("prompt_tokens")] long PromptTokens,
    [property: JsonPropertyName("total_tokens")] long TotalTokens,
    [property: JsonPropertyName("completion_tokens")] long CompletionTokens);
