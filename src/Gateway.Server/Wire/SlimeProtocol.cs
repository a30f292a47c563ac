using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>Where slime's clients find the gateway; the section <c>Gateway:Slime</c>.</summary>
public sealed class SlimeOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Slime";

    /// <summary>The paths whose reply is a bare number; null is <c>/</c> (slime's own example URL has no path at all) and <c>/slime</c>.</summary>
    public string[]? NumberPaths { get; set; }

    /// <summary>The paths whose reply is an object, for clients with <c>--reward-key score</c>; null is <c>/slime/object</c>.</summary>
    public string[]? ObjectPaths { get; set; }

    // Null stands for the default: the binder would append to a default that is a list.
    internal string[] Numbers => NumberPaths ?? ["/", "/slime"];

    internal string[] Objects => ObjectPaths ?? ["/slime/object"];
}

/// <summary>Checks that each path of <see cref="SlimeOptions"/> is one, and given once.</summary>
internal sealed class SlimeOptionsValidator : IValidateOptions<SlimeOptions>
{
    public ValidateOptionsResult Validate(string? name, SlimeOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        string[] paths = [.. options.Numbers, .. options.Objects];
        foreach (var path in paths.Where(path => !IsPath(path)))
        {
            result.AddError($"'{path}' is not a path; write it as /path, without white space and {{ }} ? #.", SlimeOptions.Section);
        }

        foreach (var twice in paths.GroupBy(path => path, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            result.AddError($"'{twice.Key}' is given {twice.Count()} times; give each path once.", SlimeOptions.Section);
        }

        return result.Build();
    }

    // What routing would take for a parameter, or refuse, or what no request's path can hold.
    private static bool IsPath(string? path) => path is ['/', ..]
        && !path.AsSpan().ContainsAny("{}?#") && !path.Any(char.IsWhiteSpace) && !path.Contains("//", StringComparison.Ordinal);
}

/// <summary>
/// slime's <c>remote_rm</c>: <c>POST {"prompt": text or messages, "response", "label"}</c> to any path; the whole JSON reply is the reward, a number
/// or an object. Clients retry every status but 2xx.
/// </summary>
internal sealed class SlimeProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits, IOptions<SlimeOptions> options)
{
    private readonly int _mostMessages = limits.Value.MessagesPerItem;
    private readonly ScoreOptions _scoring = new(TimeSpan.FromMilliseconds(patience.Value.Slime));

    /// <summary>Maps the configured paths.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var path in options.Value.Numbers)
        {
            MapOne(routes, path, call => HandleAsync(call, (reply, score) => reply.ReplyAsync(score.Value, DialectJson.Default.Double)));
        }

        foreach (var path in options.Value.Objects)
        {
            MapOne(routes, path, call => HandleAsync(call, (reply, score) => reply.ReplyAsync(
                new SlimeReply(score.Value, score.Tokens, score.Truncated), DialectJson.Default.SlimeReply)));
        }
    }

    private static void MapOne(IEndpointRouteBuilder routes, string path, Func<WireCall, Task> handle) =>
        routes.MapWire(path, WireReply.TrainerError, handle).WithSummary("slime's remote_rm").WithTags("Dialects");

    private async Task HandleAsync(WireCall call, Func<WireCall, Score, Task> reply)
    {
        var body = call.Parse(DialectJson.Default.SlimeBody);
        var entry = call.Model(body.Model, fallBack: true);
        var item = new ScoreItem(Body(body, entry), TextGuidance.Of(TextGuidance.ReferenceOf(body.Label, entry.Model, "$.label"), principle: null));
        var scored = await call.ScoreAsync(new ScoreRequest(entry.Model.Name, [item], _scoring));
        call.NameActivation("none");
        await reply(call, scored.ScoresOrThrow()[0]);
    }

    private ItemBody Body(SlimeBody body, ModelEntry entry)
    {
        var template = entry.Model.NeedsConversation ? entry.PolicyTemplate : entry.Model.Template;
        var prompt = body.Prompt ?? throw JsonFault.At("$.prompt", "it is missing; send text or messages.");
        var response = body.Response ?? throw JsonFault.At("$.response", "it is missing; send the response's text.");
        if (prompt.Messages is { } messages)
        {
            return new ItemBody.Conversation(WireMessage.ToCore(messages, "$.prompt", _mostMessages), [response]);
        }

        // A prompt that opens an assistant turn went through the model's template; any other is what the user said.
        return template is not null && template.OpensResponse(prompt.Text)
            ? PolicyText.For(entry, new ItemBody.Templated(Joined(prompt.Text, response), prompt.Text), "$.prompt")
            : new ItemBody.Conversation([new Message(Message.User, prompt.Text)], [response]);
    }

    private static Utf8Text Joined(Utf8Text prompt, Utf8Text response)
    {
        var bytes = new byte[prompt.Length + response.Length];
        prompt.Span.CopyTo(bytes);
        response.Span.CopyTo(bytes.AsSpan(prompt.Length));
        return Utf8Text.Copy(bytes);
    }
}

/// <summary>The request; the label is a reference for a judge that can use one. Other fields are ignored.</summary>
internal sealed record SlimeBody
{
    public string? Model { get; init; }

    [JsonConverter(typeof(SlimePromptConverter))]
    public SlimePrompt? Prompt { get; init; }

    public Utf8Text? Response { get; init; }

    public SampleLabel? Label { get; init; }
}

/// <summary>A prompt: text, or messages.</summary>
internal sealed record SlimePrompt(Utf8Text Text, IReadOnlyList<WireMessage?>? Messages);

/// <summary>Reads a prompt that is a string or an array of messages.</summary>
internal sealed class SlimePromptConverter : JsonConverter<SlimePrompt>
{
    public override SlimePrompt Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? new SlimePrompt(default, JsonSerializer.Deserialize(ref reader, DialectJson.Default.ListWireMessage))
            : new SlimePrompt(JsonText.Read(ref reader), null);

    public override void Write(Utf8JsonWriter writer, SlimePrompt value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Prompts are only read.");
}

/// <summary>The reply for clients with a reward key.</summary>
internal sealed record SlimeReply(double Score, int Tokens, bool Truncated);
