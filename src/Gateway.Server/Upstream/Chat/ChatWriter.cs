using System.Text;
using System.Text.Json;
using Gateway.Server.Upstream.Remote;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream.Chat;

/// <summary>Writes <c>POST /v1/chat/completions</c>, without streaming, in the words of each engine.</summary>
internal static class ChatWriter
{
    private const string SchemaName = "verdict";

    // llama.cpp's few HTTP threads each serve one connection until that closes.
    private static readonly KeyValuePair<string, string>[] Close = [KeyValuePair.Create("Connection", "close")];

    // How far into the second message calls of one group are told apart.
    private static readonly int[] Cuts = [256, 1_024, 4_096];

    /// <summary>The call of these turns.</summary>
    public static UpstreamCall Write(ChatSettings settings, IReadOnlyList<RemoteTurn> turns, ChatOptions? options) => Call(settings) with
    {
        Path = "/v1/chat/completions",
        Prefix = Prefix(turns, ChatAsk.Of(options).SharedText),
        Deadline = ChatAsk.Of(options).Deadline,
        ReplyBytes = settings.ReplyBytes,
        Body = EngineJson.Write(json =>
        {
            WriteModel(json, options?.ModelId ?? settings.Model);
            WriteTurns(json, turns);
            json.WriteBoolean("stream", false);
            WriteSampling(json, settings, options);
            WriteLogprobs(json, ChatAsk.Of(options));
            WriteSchema(json, settings.Structured, options?.ResponseFormat as ChatResponseFormatJson);
            WriteOwn(json, settings);
        }, turns.Sum(turn => turn.Content.Length)),
    };

    /// <summary>The call of llama.cpp that counts a text's tokens.</summary>
    public static UpstreamCall WriteCount(ChatSettings settings, IReadOnlyList<RemoteTurn> turns) => Call(settings) with
    {
        Path = "/tokenize",
        Body = EngineJson.Write(json => json.WriteString("content", string.Join('\n', turns.Select(turn => Encoding.UTF8.GetString(turn.Content.Span))))),
    };

    private static UpstreamCall Call(ChatSettings settings) =>
        new() { Cluster = settings.Cluster, Path = "/", Headers = settings.Engine == Engine.LlamaCpp ? Close : [] };

    private static void WriteModel(Utf8JsonWriter json, string? model)
    {
        if (model is not null)
        {
            json.WriteString("model", model);
        }
    }

    private static void WriteTurns(Utf8JsonWriter json, IReadOnlyList<RemoteTurn> turns)
    {
        json.WriteStartArray("messages");
        foreach (var (role, content) in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteSampling(Utf8JsonWriter json, ChatSettings settings, ChatOptions? options)
    {
        WriteNumber(json, "temperature", options?.Temperature);
        WriteNumber(json, "top_p", options?.TopP);
        WriteNumber(json, "top_k", options?.TopK);
        WriteNumber(json, "frequency_penalty", options?.FrequencyPenalty);
        WriteNumber(json, "presence_penalty", options?.PresencePenalty);
        WriteNumber(json, settings.MaxCompletionTokens ? "max_completion_tokens" : "max_tokens", options?.MaxOutputTokens);
        WriteNumber(json, "seed", options?.Seed);
        if (options?.StopSequences is not { Count: > 0 } stops)
        {
            return;
        }

        json.WriteStartArray("stop");
        foreach (var stop in stops)
        {
            json.WriteStringValue(Encoding.UTF8.GetBytes(stop));
        }

        json.WriteEndArray();
    }

    private static void WriteLogprobs(Utf8JsonWriter json, ChatAsk ask)
    {
        if (ask.TopLogprobs is not { } top)
        {
            return;
        }

        json.WriteBoolean("logprobs", true);
        if (top > 0)
        {
            json.WriteNumber("top_logprobs", top);
        }
    }

    private static void WriteSchema(Utf8JsonWriter json, StructuredOutput structured, ChatResponseFormatJson? format)
    {
        if (format is null || structured == StructuredOutput.None)
        {
            return;
        }

        if (format.Schema is not { } schema || structured == StructuredOutput.JsonObject)
        {
            WriteFormat(json, "json_object", _ => { });
            return;
        }

        switch (structured)
        {
            case StructuredOutput.JsonSchema:
                WriteFormat(json, "json_schema", inside =>
                {
                    inside.WriteStartObject("json_schema");
                    inside.WriteString("name", format.SchemaName ?? SchemaName);
                    inside.WriteBoolean("strict", true);
                    WriteRaw(inside, "schema", schema);
                    inside.WriteEndObject();
                });
                break;
            case StructuredOutput.Tgi:
                WriteFormat(json, "json", inside => WriteRaw(inside, "value", schema));
                break;
            case StructuredOutput.StructuredOutputs:
                json.WriteStartObject("structured_outputs");
                WriteRaw(json, "json", schema);
                json.WriteEndObject();
                break;
            default:
                WriteRaw(json, "guided_json", schema);
                break;
        }
    }

    private static void WriteFormat(Utf8JsonWriter json, string type, Action<Utf8JsonWriter> inside)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", type);
        inside(json);
        json.WriteEndObject();
    }

    private static void WriteOwn(Utf8JsonWriter json, ChatSettings settings)
    {
        if (settings.EnableThinking is { } thinks)
        {
            json.WriteStartObject("chat_template_kwargs");
            json.WriteBoolean("enable_thinking", thinks);
            json.WriteEndObject();
        }

        foreach (var (name, value) in settings.Extra)
        {
            WriteRaw(json, name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, float? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    // Its own text, since a value that holds half a surrogate pair as an escape cannot be read as a string and written again.
    private static void WriteRaw(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.GetRawText());
    }

    // The first message is a judge's own; what comes next is its group's.
    private static PromptPrefix Prefix(IReadOnlyList<RemoteTurn> turns, string? shared)
    {
        if (turns.Count == 0)
        {
            return PromptPrefix.None;
        }

        var first = turns[0].Content.Span;
        if (shared is not null)
        {
            return PromptPrefix.None.Then(first).Then(Encoding.UTF8.GetBytes(shared));
        }

        if (turns.Count == 1)
        {
            return PromptPrefix.OfText(first);
        }

        var (chain, start) = (PromptPrefix.None.Then(first), 0);
        foreach (var cut in Cuts.Where(cut => cut <= turns[1].Content.Length))
        {
            chain = chain.Then(turns[1].Content.Span[start..cut]);
            start = cut;
        }

        return chain;
    }
}
