using System.Buffers;
using System.Text.Json;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Wire;

/// <summary>The gateway's own <c>POST /v1/score</c>: one item with one response per pair.</summary>
/// <param name="model">The model to ask.</param>
internal sealed class NativeDialect(string model) : IDialect
{
    /// <inheritdoc/>
    public string Path => "/v1/score";

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<WorkItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, JsonBytes.Relaxed);
        json.WriteStartObject();
        json.WriteString("model"u8, model);
        json.WriteStartArray("items"u8);
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString("prompt"u8, item.Prompt);
            json.WriteStartArray("responses"u8);
            json.WriteStringValue(item.Response);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        // The figures are the model's: nothing is answered from a cache.
        json.WriteStartObject("options"u8);
        json.WriteString("cache"u8, "off"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public double[] Read(ReadOnlySpan<byte> body)
    {
        var scores = new List<double>();
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName)
                continue;

            if (json.ValueTextEquals("score"u8))
                scores.Add(json.Read() && json.TokenType == JsonTokenType.Number ? json.GetDouble() : throw new FormatException("no_score"));
            else if (json.ValueTextEquals("status"u8) && json.Read() && !json.ValueTextEquals("ok"u8))
                throw new FormatException("not_ok");
            else if (json.ValueTextEquals("cached"u8) && json.Read() && json.TokenType == JsonTokenType.True)
                throw new FormatException("cached");
        }

        return [.. scores];
    }
}
