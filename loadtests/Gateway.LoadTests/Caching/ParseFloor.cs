using System.Security.Cryptography;
using System.Text.Json;
using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Caching;

/// <summary>
/// The floor under any exact cache of texts: reads a body with the framework's reader, unescapes each text into a buffer, and hashes each item's texts
/// with SHA-256, on one core without anything around it.
/// </summary>
/// <param name="bodies">The requests' bodies.</param>
/// <param name="time">The clock.</param>
internal sealed class ParseFloor(IReadOnlyList<byte[]> bodies, TimeProvider time)
{
    private const int ItemDepth = 2;

    private readonly byte[] _texts = new byte[64 * 1024];
    private readonly byte[] _digest = new byte[SHA256.HashSizeInBytes];

    /// <summary>Reads and hashes all bodies again and again for a while.</summary>
    public Measurement Measure(TimeSpan duration)
    {
        var meter = new Meter(server: null);
        meter.Open();
        var started = time.GetTimestamp();
        var items = 0L;
        while (time.GetElapsedTime(started) < duration)
        {
            foreach (var body in bodies)
            {
                items += Read(body);
            }
        }

        return meter.Close(items, time.GetElapsedTime(started), null, 0);
    }

    private int Read(ReadOnlySpan<byte> body)
    {
        var (items, used) = (0, 0);
        var json = new Utf8JsonReader(body);
        while (json.Read())
        {
            switch (json.TokenType)
            {
                case JsonTokenType.String:
                    used += json.CopyString(_texts.AsSpan(used));
                    break;
                case JsonTokenType.StartObject when json.CurrentDepth == ItemDepth:
                    used = 0;
                    break;
                case JsonTokenType.EndObject when json.CurrentDepth == ItemDepth:
                    SHA256.HashData(_texts.AsSpan(0, used), _digest);
                    items++;
                    break;
            }
        }

        return items;
    }
}
