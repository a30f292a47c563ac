using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Proxy;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// Scores as chat completions, for clients of OpenAI's API: <c>POST {"model", "messages": […, the judged assistant turn]}</c>. NVIDIA's reward models answer
/// <c>reward:-12.3</c> in the content and the number as a log-probability; ms-swift's <c>swift deploy</c>, here under <c>/swift</c>, the number alone.
/// OpenAI's clients retry 408, 409, 429 and every 5xx.
/// </summary>
internal sealed class ChatScoreProtocol(WireEdge edge, IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits, TimeProvider clock)
{
    private const string Path = "/v1/chat/completions";
    private const string Reward = "reward";
    private const string PrincipleRole = "principle";

    private readonly ScoreOptions _options = new(TimeSpan.FromMilliseconds(patience.Value.ChatScore));
    private readonly int _mostMessages = limits.Value.MessagesPerItem;

    /// <summary>Maps ms-swift's route; NVIDIA's path is the one that also passes through to clusters, which asks here first.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/swift" + Path, WriteSwiftError, call => HandleAsync(call, fallBack: true, WriteNumber)).WithSummary("ms-swift's scores as chat completions").WithTags("Dialects");

    /// <summary>True where a request on this path of the pass-through lane that names this model is to be scored.</summary>
    public bool Scores(string path, string model) => path == Path && edge.Models.Knows(model);

    /// <summary>Scores a request of the pass-through lane.</summary>
    /// <param name="http">The request.</param>
    /// <param name="body">Its body where that was read already.</param>
    public Task ScoreAsync(HttpContext http, ReadOnlyMemory<byte>? body) =>
        edge.RunAsync(http, body, e => OpenAiError.Reply(e, Status(e.Kind)), call => HandleAsync(call, fallBack: false, WriteReward));

    private async Task HandleAsync(WireCall call, bool fallBack, Action<Utf8JsonWriter, double> writeChoice)
    {
        var body = call.Parse(DialectJson.Default.ChatScoreBody);
        if (body.Stream == true)
        {
            throw JsonFault.At("stream", "a score comes whole; leave it out.", ErrorKind.UnsupportedField);
        }

        var entry = call.Model(body.Model, fallBack);
        var scored = await call.ScoreAsync(new ScoreRequest(entry.Model.Name, [Item(body, entry.Model)], _options));
        var score = scored.ScoresOrThrow(_ => "messages")[0];
        call.NameActivation("none");
        await call.ReplyAsync(json => Write(json, body.Model ?? entry.Model.Name, score, writeChoice));
    }

    private ScoreItem Item(ChatScoreBody body, IRewardModel model)
    {
        var messages = WireMessage.ToCore(body.Messages ?? throw JsonFault.At("messages", "they are missing; send the conversation, the judged assistant turn last."), "messages", _mostMessages);
        Guidance? guidance = null;
        if (messages is [.., { Role: PrincipleRole, Content: var words }])
        {
            guidance = TextGuidance.Of(null, TextGuidance.PrincipleOf((Utf8Text?)words, model, $"messages[{messages.Count - 1}]"));
            messages = [.. messages.SkipLast(1)];
        }

        return new ScoreItem(WireMessage.Judged(messages, "messages"), guidance);
    }

    private void Write(Utf8JsonWriter json, string model, Score score, Action<Utf8JsonWriter, double> writeChoice)
    {
        json.WriteStartObject();
        json.WriteString("id", $"chatcmpl-{Guid.NewGuid():N}");
        json.WriteString("object", "chat.completion");
        json.WriteNumber("created", clock.GetUtcNow().ToUnixTimeSeconds());
        json.WriteString("model", model);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        writeChoice(json, score.Value);
        json.WriteString("finish_reason", "stop");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", score.Tokens);
        json.WriteNumber("completion_tokens", 0);
        json.WriteNumber("total_tokens", score.Tokens);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Clients read the number from either place: NeMo Curator from the log-probabilities, most others from the content.
    private static void WriteReward(Utf8JsonWriter json, double value)
    {
        WriteMessage(json, $"{Reward}:{PlainNumber.Of(value)}");
        json.WriteStartObject("logprobs");
        json.WriteStartArray("content");
        json.WriteStartObject();
        json.WriteString("token", Reward);
        json.WriteNumber("logprob", value);
        json.WriteNull("bytes");
        json.WriteStartArray("top_logprobs");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, double value)
    {
        WriteMessage(json, PlainNumber.Of(value));
        json.WriteNull("logprobs");
    }

    private static void WriteMessage(Utf8JsonWriter json, string content)
    {
        json.WriteStartObject("message");
        json.WriteString("role", Message.Assistant);
        json.WriteString("content", content);
        json.WriteEndObject();
    }

    // A retry must not be asked for where it cannot help.
    private static int Status(ErrorKind kind) => kind == ErrorKind.Overloaded ? StatusCodes.Status429TooManyRequests : WireReply.TrainerStatus(kind);

    // ms-swift's own client looks at "object" alone, never at the status.
    private static WireReply WriteSwiftError(GatewayException e) => WireReply.Json(Status(e.Kind), json =>
    {
        json.WriteString("object", "error");
        json.WriteString("message", e.Message);
        json.WriteString("code", e.Kind.Traits().Name);
    });
}

/// <summary>The request; what steers the writing of text is ignored, since none is written.</summary>
internal sealed record ChatScoreBody
{
    public string? Model { get; init; }

    public List<WireMessage?>? Messages { get; init; }

    public bool? Stream { get; init; }
}
