using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Core.Judging;
using Gateway.LoadTests.Figures;
using Gateway.LoadTests.Wire;

namespace Gateway.LoadTests.Judging;

/// <summary>
/// The floor under a judge's call: its messages written as JSON and its reply read with the framework's writer and reader; and the same with the bytes sent and
/// received by the framework's HTTP client in between.
/// </summary>
/// <param name="calls">The calls that the gateway would make.</param>
/// <param name="reply">What is answered to each.</param>
/// <param name="time">The clock.</param>
internal sealed class ChatFloor(IReadOnlyList<JudgeCall> calls, byte[] reply, TimeProvider time)
{
    private const int InFlight = 256;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly byte[] _text = new byte[64 * 1024];

    /// <summary>Writes one call's body; the memory holds until the next one is written.</summary>
    public ReadOnlyMemory<byte> Write(int call)
    {
        _buffer.ResetWrittenCount();
        JsonBytes.Write(_buffer, json => Write(json, calls[call]));
        return _buffer.WrittenMemory;
    }

    /// <summary>Reads the reply: every token, and the words of the judge out of their escapes.</summary>
    public int Read() => Read(reply, _text);

    /// <summary>Writes, sends, receives and reads calls for a while, 256 at a time; the items of the measurement are calls.</summary>
    public async Task<Measurement> SendAsync(HttpClient client, TimeSpan duration, CancellationToken cancellation)
    {
        var meter = new Meter(server: null);
        var (started, sent) = (time.GetTimestamp(), 0L);
        meter.Open();
        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => CallAsync()));
        return meter.Close(sent, time.GetElapsedTime(started), null, 0);

        async Task CallAsync()
        {
            var text = new byte[_text.Length];
            while (time.GetElapsedTime(started) < duration)
            {
                var call = calls[(int)(Interlocked.Increment(ref sent) % calls.Count)];
                using var content = new ByteArrayContent(JsonBytes.Write(json => Write(json, call)));
                content.Headers.ContentType = Json;
                using var response = await client.PostAsync("/v1/chat/completions", content, cancellation);
                Read(await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellation), text);
            }
        }
    }

    private static void Write(Utf8JsonWriter json, JudgeCall call)
    {
        json.WriteString("model", "judge");
        json.WriteStartArray("messages");
        foreach (var message in call.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", message.Role);
            json.WriteString("content", message.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteBoolean("stream", false);
        json.WriteNumber("temperature", 0);
        json.WriteNumber("max_tokens", 2_048);
    }

    private static int Read(ReadOnlySpan<byte> reply, byte[] text)
    {
        var json = new Utf8JsonReader(reply);
        var length = 0;
        while (json.Read())
        {
            if (json.TokenType == JsonTokenType.String)
            {
                length += json.CopyString(text);
            }
        }

        return length;
    }
}
