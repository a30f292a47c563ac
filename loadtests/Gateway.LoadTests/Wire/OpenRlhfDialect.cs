using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Wire;

/// <summary>OpenRLHF's <c>POST /get_reward</c> with templated text, as its <c>serve_rm</c>, the naive server and the gateway answer it.</summary>
internal sealed class OpenRlhfDialect : IDialect
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public string Path => "/get_reward";

    /// <inheritdoc/>
    public byte[] Write(IReadOnlyList<WorkItem> items)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        WriteTexts(json, "query", items.Select(item => item.Query));
        WriteTexts(json, "prompts", items.Select(item => item.QueryPrompt));
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <inheritdoc/>
    public double[] Read(ReadOnlySpan<byte> body)
    {
        var rewards = new List<double>();
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            if (json.TokenType != JsonTokenType.PropertyName || !json.ValueTextEquals("rewards"u8))
                continue;

            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType == JsonTokenType.Number)
                    rewards.Add(json.GetDouble());
            }

            return [.. rewards];
        }

        throw new FormatException("no_rewards");
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}
