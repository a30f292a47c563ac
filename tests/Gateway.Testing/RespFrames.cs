using System.Buffers.Text;

namespace Gateway.Testing;

/// <summary>Cuts a stream of RESP (2 or 3) into its replies or commands.</summary>
public sealed class RespFrames
{
    private readonly MemoryStream _rest = new();

    /// <summary>Takes more bytes and gives the frames that are whole by now.</summary>
    /// <exception cref="FormatException">The stream is no RESP.</exception>
    public IReadOnlyList<byte[]> Take(ReadOnlySpan<byte> bytes)
    {
        _rest.Write(bytes);
        var buffer = _rest.GetBuffer().AsSpan(0, (int)_rest.Length);
        var frames = new List<byte[]>();
        while (LengthOf(buffer) is { } length)
        {
            frames.Add(buffer[..length].ToArray());
            buffer = buffer[length..];
        }

        if (frames.Count > 0)
        {
            var rest = buffer.ToArray();
            _rest.SetLength(0);
            _rest.Write(rest);
        }

        return frames;
    }

    /// <summary>The length of the first frame in bytes, or null where it is not whole.</summary>
    /// <exception cref="FormatException">The bytes are no RESP.</exception>
    public static int? LengthOf(ReadOnlySpan<byte> buffer)
    {
        var at = 0;
        for (var open = 1L; open > 0; open--)
        {
            var end = buffer[at..].IndexOf("\r\n"u8);
            if (end < 0)
            {
                return null;
            }

            var line = buffer[at..(at + end)];
            at += end + 2;
            switch (line.Length == 0 ? '\0' : (char)line[0])
            {
                case '+' or '-' or ':' or '_' or '#' or ',' or '(':
                    break;
                case '$' or '=' or '!' when Count(line) is var length and >= 0:
                    at += (int)length + 2;
                    break;
                case '*' or '~' or '>' when Count(line) is var elements and >= 0:
                    open += elements;
                    break;
                case '%' when Count(line) is var pairs and >= 0:
                    open += 2 * pairs;
                    break;
                case '|' when Count(line) is var pairs and >= 0:
                    // An attribute goes before the reply that it belongs to.
                    open += (2 * pairs) + 1;
                    break;
                case '$' or '*':
                    break;
                default:
                    throw new FormatException($"No RESP at byte {at - end - 2}.");
            }

            if (at > buffer.Length)
            {
                return null;
            }
        }

        return at;
    }

    private static long Count(ReadOnlySpan<byte> line) =>
        Utf8Parser.TryParse(line[1..], out long count, out var used) && used == line.Length - 1 ? count : throw new FormatException("A RESP length is no number.");
}
