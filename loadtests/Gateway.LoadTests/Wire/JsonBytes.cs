using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.LoadTests.Wire;

/// <summary>JSON objects as bytes, escaped no more than JSON asks for.</summary>
internal static class JsonBytes
{
    /// <summary>How objects are written.</summary>
    public static JsonWriterOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One object with these fields.</summary>
    public static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, fields);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The same into a buffer.</summary>
    public static void Write(IBufferWriter<byte> buffer, Action<Utf8JsonWriter> fields)
    {
        using var json = new Utf8JsonWriter(buffer, Relaxed);
        json.WriteStartObject();
        fields(json);
        json.WriteEndObject();
    }
}
