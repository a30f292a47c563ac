using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>JSON as engines speak it: written whole, read strictly, never a number where there is none.</summary>
internal static class EngineJson
{
    // As close to 1 as sums of probabilities of half precision come.
    private const double SumTolerance = 2e-3;

    // Names and numbers around the texts.
    private const int Room = 512;

    // Beyond, memory grows as it is written to.
    private const int MostRoom = 16 * 1024 * 1024;

    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object as bytes.</summary>
    /// <param name="properties">Writes what it holds.</param>
    /// <param name="textBytes">How many bytes of text that is, so that the memory need not grow.</param>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> properties, int textBytes = 0)
    {
        var body = new ArrayBufferWriter<byte>(Room + textBytes + (textBytes / 8));
        using (var json = new Utf8JsonWriter(body, Relaxed))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return body.WrittenMemory;
    }

    /// <summary>A call with such a body.</summary>
    public static UpstreamCall Post(RemoteManifest model, string path, Action<Utf8JsonWriter> properties) => Post(model, path, [], properties);

    /// <summary>A call with such a body that holds these texts, each with all its parts.</summary>
    public static UpstreamCall Post(RemoteManifest model, string path, IReadOnlyList<RemoteText> texts, Action<Utf8JsonWriter> properties) =>
        new() { Cluster = model.Cluster, Path = path, Body = Write(properties, (int)Math.Min(texts.Sum(text => (long)text.Bytes), MostRoom)) };

    /// <summary>The engine's name of the model, where the manifest has one.</summary>
    public static void WriteModel(this Utf8JsonWriter json, RemoteManifest model)
    {
        if (model.UpstreamModel is { } name)
        {
            json.WriteString("model", name);
        }
    }

    /// <summary>A list of texts.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string key, IEnumerable<ReadOnlyMemory<byte>> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts)
        {
            json.WriteStringValue(text.Span);
        }

        json.WriteEndArray();
    }

    /// <summary>A reply's JSON.</summary>
    /// <exception cref="UnreadableReplyException">It is none, or an error in the place of scores.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        var root = ParseAny(body, default);
        return IsError(root) ? throw new UnreadableReplyException("it holds an error although its status says success", oneText: true) : root;
    }

    /// <summary>True for an error in place of what was asked for.</summary>
    public static bool IsError(JsonElement root) => root.ValueKind == JsonValueKind.Object
        && ((root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null) || IsFlatError(root));

    /// <summary>A reply's JSON, an error or not.</summary>
    /// <exception cref="UnreadableReplyException">It is none.</exception>
    public static JsonElement ParseAny(ReadOnlyMemory<byte> body, JsonDocumentOptions options)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw new UnreadableReplyException("it is empty");
        }

        if (body.Span.TrimStart(" \t\r\n"u8)[0] == '<')
        {
            throw new UnreadableReplyException("it is a page and no JSON; is the cluster's address that of the engine?");
        }

        if (!Utf8.IsValid(body.Span))
        {
            throw new UnreadableReplyException("it is no well-formed UTF-8");
        }

        try
        {
            return JsonElement.Parse(body.Span, options);
        }
        catch (JsonException fault)
        {
            var at = $"line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}";
            // Python's own writer has NaN and Infinity, which no JSON has.
            var isNumber = body.Span.IndexOf("NaN"u8) >= 0 || body.Span.IndexOf("Infinity"u8) >= 0;
            throw new UnreadableReplyException(isNumber ? $"it holds NaN or Infinity at {at}" : $"it is no whole JSON ({at})", isNumber);
        }
    }

    /// <summary>
    /// True for what reading a reply throws that is not what the wire says: the parser takes half of a surrogate pair, as "\ud800", and refuses only
    /// when the string is looked at.
    /// </summary>
    public static bool IsOfTheReply(Exception e) => e is InvalidOperationException or ArgumentException or OverflowException or FormatException or IndexOutOfRangeException;

    /// <summary>A property that must be there.</summary>
    public static JsonElement Property(this JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind
            ? value
            : throw new UnreadableReplyException($"its '{name}' is missing or of another type");

    /// <summary>A property that may be missing or of another type.</summary>
    public static JsonElement? Optional(this JsonElement element, string name, JsonValueKind kind) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;

    /// <summary>The score in a property that must be there, whatever it holds.</summary>
    public static EngineScore ScoreOf(this JsonElement entry, string name) => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var score)
        ? score.Logit()
        : throw new UnreadableReplyException($"a result has no '{name}'");

    /// <summary>A whole number that may be missing; 0 where it is.</summary>
    public static int CountOf(this JsonElement element, string name) =>
        element.Optional(name, JsonValueKind.Number) is { } value && value.TryGetInt32(out var count) && count >= 0 ? count : 0;

    /// <summary>A list of exactly <paramref name="count"/> entries.</summary>
    public static JsonElement[] List(this JsonElement element, int count) => element.ValueKind == JsonValueKind.Array && element.GetArrayLength() is var length
        ? length == count
            ? [.. element.EnumerateArray()]
            : throw new UnreadableReplyException($"it has {length} results for {count} texts")
        : throw new UnreadableReplyException("its results are no list");

    /// <summary>A list of exactly <paramref name="count"/> entries, put in the order of their <c>index</c>.</summary>
    public static JsonElement[] ListByIndex(this JsonElement element, int count)
    {
        var byIndex = new JsonElement[count];
        foreach (var entry in element.List(count))
        {
            var at = entry.Property("index", JsonValueKind.Number).TryGetInt32(out var index) ? index : -1;
            if (at < 0 || at >= count)
            {
                throw new UnreadableReplyException($"it has an index that is none of 0 to {count - 1}");
            }

            byIndex[at] = byIndex[at].ValueKind == JsonValueKind.Undefined
                ? entry
                : throw new UnreadableReplyException($"it has the index {at} twice");
        }

        return byIndex;
    }

    /// <summary>The model's number among an engine's numbers, one per label; refused where they are a softmax's and no logits.</summary>
    public static EngineScore Logit(this JsonElement numbers, RemoteManifest model)
    {
        var logit = numbers.LogitOfRow(model);
        return logit.Failure is null && model.Labels.Count > 1 && !model.UnitInterval && numbers.SumToOne()
            ? EngineScore.Failed(
                ErrorKind.InvalidScore,
                "the labels' numbers sum to 1 although raw logits were asked for, so the engine applies a softmax; let it serve raw logits, "
                + "or set \"unit_interval\": true in the manifest if the model's own numbers are probabilities")
            : logit;
    }

    /// <summary>True where all of several numbers lie between 0 and 1 and sum to 1, as a softmax's do.</summary>
    public static bool SumToOne(this JsonElement numbers)
    {
        var sum = 0.0;
        foreach (var number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetDouble(out var value) || value is not (>= 0 and <= 1))
            {
                return false;
            }

            sum += value;
        }

        return Math.Abs(sum - 1) < SumTolerance;
    }

    /// <summary>The model's number of one row among several that are judged together.</summary>
    public static EngineScore LogitOfRow(this JsonElement numbers, RemoteManifest model)
    {
        if (numbers.ValueKind != JsonValueKind.Array)
        {
            return EngineScore.Failed(ErrorKind.InvalidScore, "the engine gave no list of numbers");
        }

        if (numbers.GetArrayLength() != model.Labels.Count)
        {
            return EngineScore.Failed(
                ErrorKind.UpstreamFailed,
                $"the engine gave {numbers.GetArrayLength()} numbers where the manifest names {model.Labels.Count} labels; let 'labels' name them all, or serve the right model");
        }

        return numbers[model.Label].Logit();
    }

    /// <summary>A number as a logit; anything else is a failure of this one text.</summary>
    public static EngineScore Logit(this JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
        ? EngineScore.Of(number)
        : EngineScore.Failed(ErrorKind.InvalidScore, $"the engine gave {NameOf(value.ValueKind)} in the place of a score");

    /// <summary>The count of tokens in <c>usage.prompt_tokens</c>, shared out by the texts' bytes, since engines tell it for the whole call.</summary>
    public static EngineScore[] SharingTokens(this EngineScore[] scores, JsonElement reply, IReadOnlyList<RemoteText> texts) =>
        Shared(scores, reply.Optional("usage", JsonValueKind.Object)?.CountOf("prompt_tokens") ?? 0, texts);

    /// <summary>A count of tokens of the whole call, shared out by the texts' bytes.</summary>
    public static EngineScore[] Shared(EngineScore[] scores, int tokens, IReadOnlyList<RemoteText> texts)
    {
        var (all, before, given) = (Math.Max(1, texts.Sum(text => (long)text.Bytes)), 0L, 0L);
        for (var i = 0; i < scores.Length; i++)
        {
            before += texts[i].Bytes;
            var upTo = i == scores.Length - 1 ? tokens : tokens * before / all;
            scores[i] = scores[i].Reading((int)(upTo - given));
            given = upTo;
        }

        return scores;
    }

    private static bool IsFlatError(JsonElement root) =>
        root.Optional("object", JsonValueKind.String)?.ValueEquals("error") == true;

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number that is too large",
        _ => "no number",
    };
}
