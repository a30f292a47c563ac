using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// The Open Inference Protocol v2 (Triton, KServe): texts as one tensor of type BYTES in, one float tensor out, a row per text; as JSON, or as
/// bytes behind the JSON with Triton's binary extension. What the output means is the model's affair: it must be raw logits.
/// </summary>
internal sealed class OpenInference : IUpstreamProtocol
{
    private const string JsonLength = "Inference-Header-Content-Length";

    /// <inheritdoc/>
    public string Kind => "openinference";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new()
    {
        Engine = Engine.Triton,
        Forms = [RemoteForm.Text],
        Keys = ["upstream_model", "labels", "label", "max_bytes", "tensors"],
    };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts)
    {
        var tensors = model.Tensors!;
        var version = tensors.Version is { } named ? $"/versions/{Uri.EscapeDataString(named)}" : "";
        var bytes = tensors.Binary ? Bytes(texts) : default;
        var json = EngineJson.Write(json => WriteTensors(json, tensors, texts, bytes.Length));
        return new UpstreamCall
        {
            Cluster = model.Cluster,
            Path = $"/v2/models/{Uri.EscapeDataString(model.UpstreamModel!)}{version}/infer",
            Body = tensors.Binary ? (byte[])[.. json.Span, .. bytes.Span] : json,
            ContentType = tensors.Binary ? "application/octet-stream" : "application/json",
            Headers = tensors.Binary ? [KeyValuePair.Create(JsonLength, json.Length.ToString(CultureInfo.InvariantCulture))] : [],
        };
    }

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var jsonLength = reply.Header(JsonLength) is { } header
            ? int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= reply.Body.Length
                ? length
                : throw new UnreadableReplyException($"its {JsonLength} is no length of it")
            : reply.Body.Length;
        var root = EngineJson.Parse(reply.Body[..jsonLength]);
        if (root.Optional("model_name", JsonValueKind.String)?.ValueEquals(model.UpstreamModel) == false)
        {
            throw new UnreadableReplyException("another model than 'upstream_model' gave it; check what the destination serves");
        }

        var (output, binaryAt) = Output(root.Property("outputs", JsonValueKind.Array), model.Tensors!.Output);
        CheckShape(output, texts.Count, model.Labels.Count);
        var type = TypeOf(output.Property("datatype", JsonValueKind.String).GetString());
        return output.Optional("data", JsonValueKind.Array) is { } data
            ? OfJson(data, model, texts.Count)
            : OfBytes(reply.Body[jsonLength..], binaryAt, BinarySize(output), type, model, texts.Count);
    }

    private static void WriteTensors(Utf8JsonWriter json, TensorNames tensors, IReadOnlyList<RemoteText> texts, int bytes)
    {
        json.WriteStartArray("inputs");
        json.WriteStartObject();
        json.WriteString("name", tensors.Input);
        json.WriteStartArray("shape");
        json.WriteNumberValue(texts.Count);
        if (tensors.Columns)
        {
            json.WriteNumberValue(1);
        }

        json.WriteEndArray();
        json.WriteString("datatype", "BYTES");
        if (tensors.Binary)
        {
            json.WriteStartObject("parameters");
            json.WriteNumber("binary_data_size", bytes);
            json.WriteEndObject();
        }
        else
        {
            json.WriteTexts("data", texts.Select(text => text.Text));
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("outputs");
        json.WriteStartObject();
        json.WriteString("name", tensors.Output);
        if (tensors.Binary)
        {
            json.WriteStartObject("parameters");
            json.WriteBoolean("binary_data", true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    // Each text behind its length, four bytes, the lowest first.
    private static ReadOnlyMemory<byte> Bytes(IReadOnlyList<RemoteText> texts)
    {
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var text in texts)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(sizeof(int)), text.Text.Length);
            bytes.Advance(sizeof(int));
            bytes.Write(text.Text.Span);
        }

        return bytes.WrittenMemory;
    }

    // Binary outputs lie one behind another in the order of the JSON.
    private static (JsonElement Output, long BinaryAt) Output(JsonElement outputs, string name)
    {
        var at = 0L;
        foreach (var output in outputs.EnumerateArray())
        {
            if (output.Property("name", JsonValueKind.String).ValueEquals(name))
            {
                return (output, at);
            }

            at += BinarySize(output);
        }

        throw new UnreadableReplyException($"it has no output '{name}'");
    }

    private static int BinarySize(JsonElement output) => output.Optional("parameters", JsonValueKind.Object)?.CountOf("binary_data_size") ?? 0;

    private static void CheckShape(JsonElement output, int texts, int labels)
    {
        var shape = output.Property("shape", JsonValueKind.Array).EnumerateArray()
            .Select(length => length.ValueKind == JsonValueKind.Number && length.TryGetInt32(out var value) ? value : -1).ToArray();
        if (!(shape is [var rows] && rows == texts && labels == 1) && !(shape is [var many, var columns] && many == texts && columns == labels))
        {
            throw new UnreadableReplyException($"its output has the shape [{string.Join(", ", shape)}] for {texts} texts and {labels} labels");
        }
    }

    // Whole numbers are no logits, so another type is another output than the one that was meant.
    private static FloatType TypeOf(string? type) => type switch
    {
        "FP16" => FloatType.Half,
        "BF16" => FloatType.Brain,
        "FP32" => FloatType.Single,
        "FP64" => FloatType.Double,
        _ => throw new UnreadableReplyException("its output's 'datatype' is none of FP16, BF16, FP32 and FP64"),
    };

    private static EngineScore[] OfJson(JsonElement data, RemoteManifest model, int texts)
    {
        // Nested or flat, row by row.
        var flat = data.ValueKind == JsonValueKind.Array && data.GetArrayLength() > 0 && data[0].ValueKind == JsonValueKind.Array
            ? [.. data.EnumerateArray().SelectMany(row => row.List(model.Labels.Count))]
            : data.List(texts * model.Labels.Count);
        return flat.Length == texts * model.Labels.Count
            ? [.. Enumerable.Range(0, texts).Select(i => flat[(i * model.Labels.Count) + model.Label].Logit())]
            : throw new UnreadableReplyException($"it has {flat.Length} numbers for {texts} texts");
    }

    private static EngineScore[] OfBytes(ReadOnlyMemory<byte> binary, long at, int size, FloatType type, RemoteManifest model, int texts)
    {
        var values = (long)texts * model.Labels.Count;
        if (at + size > binary.Length)
        {
            throw new UnreadableReplyException("its output is shorter than announced");
        }

        var width = type switch { FloatType.Half or FloatType.Brain => 2, FloatType.Single => 4, _ => 8 };
        if (size != values * width)
        {
            throw new UnreadableReplyException($"its output has {size} bytes for {values} values of {width} bytes");
        }

        var bytes = binary.Span.Slice((int)at, size);
        var scores = new EngineScore[texts];
        for (var i = 0; i < texts; i++)
        {
            var value = bytes.Slice(((i * model.Labels.Count) + model.Label) * width, width);
            scores[i] = EngineScore.Of(type switch
            {
                FloatType.Half => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
                FloatType.Brain => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(value) << 16),
                FloatType.Single => BinaryPrimitives.ReadSingleLittleEndian(value),
                _ => BinaryPrimitives.ReadDoubleLittleEndian(value),
            });
        }

        return scores;
    }

    private enum FloatType
    {
        Half,
        Brain,
        Single,
        Double,
    }
}
