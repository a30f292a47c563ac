using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// JSON strings as <see cref="Utf8Text"/>, unescaped straight into the memory of the request. Escapes, not bytes, are what costs, so runs between
/// them are copied whole. A lone surrogate becomes U+FFFD, where the framework's reader would throw.
/// </summary>
internal static class JsonText
{
    [ThreadStatic]
    private static TextLease? t_lease;

    /// <summary>Deserialises with every text in <paramref name="lease"/>. Synchronous, so the ambient lease never leaves its thread.</summary>
    public static T Within<T>(TextLease lease, Func<T> deserialize)
    {
        t_lease = lease;
        try
        {
            return deserialize();
        }
        finally
        {
            t_lease = null;
        }
    }

    /// <summary>The string the reader stands on.</summary>
    /// <exception cref="JsonException">It stands on something else.</exception>
    public static Utf8Text Read(ref Utf8JsonReader reader) => Read(ref reader, Lease);

    /// <summary>The lease of the deserialisation that runs on this thread.</summary>
    public static TextLease Lease => t_lease ?? throw new InvalidOperationException("Texts are read within a lease. This is a bug.");

    /// <summary>The string the reader stands on, in the memory of <paramref name="lease"/>.</summary>
    /// <exception cref="JsonException">It stands on something else.</exception>
    public static Utf8Text Read(ref Utf8JsonReader reader, TextLease lease)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("expected a string");
        }

        var raw = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;
        var target = lease.Reserve(raw.Length);
        if (!reader.ValueIsEscaped)
        {
            raw.CopyTo(target);
            return lease.Commit(raw.Length);
        }

        return lease.Commit(Unescape(raw, target));
    }

    /// <summary>Writes the unescaped form, never longer than the escaped one, and returns its length. The escapes are known to be well formed.</summary>
    internal static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var written = 0;
        while (true)
        {
            var plain = escaped.IndexOf((byte)'\\');
            if (plain < 0)
            {
                escaped.CopyTo(target[written..]);
                return written + escaped.Length;
            }

            escaped[..plain].CopyTo(target[written..]);
            written += plain;
            var kind = escaped[plain + 1];
            escaped = escaped[(plain + 2)..];
            if (kind == 'u')
            {
                written += UnescapeRune(ref escaped, target[written..]);
                // Text of another script comes as one such escape after the other.
                while (escaped.StartsWith("\\u"u8))
                {
                    escaped = escaped[2..];
                    written += UnescapeRune(ref escaped, target[written..]);
                }
            }
            else
            {
                target[written++] = kind switch
                {
                    (byte)'n' => (byte)'\n',
                    (byte)'t' => (byte)'\t',
                    (byte)'r' => (byte)'\r',
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    _ => kind,
                };
            }
        }
    }

    /// <summary>Reads the four digits after a <c>\u</c>, and a second escape where both make one rune.</summary>
    private static int UnescapeRune(ref ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var first = Hex(escaped);
        escaped = escaped[4..];
        if (first < 0x80)
        {
            target[0] = (byte)first;
            return 1;
        }

        if (first < 0x800)
        {
            target[1] = (byte)(0x80 | (first & 0x3F));
            target[0] = (byte)(0xC0 | (first >> 6));
            return 2;
        }

        if (!char.IsSurrogate(first))
        {
            target[2] = (byte)(0x80 | (first & 0x3F));
            target[1] = (byte)(0x80 | ((first >> 6) & 0x3F));
            target[0] = (byte)(0xE0 | (first >> 12));
            return 3;
        }

        if (char.IsHighSurrogate(first) && escaped.StartsWith("\\u"u8) && Hex(escaped[2..]) is var second && char.IsLowSurrogate(second))
        {
            escaped = escaped[6..];
            return new Rune(first, second).EncodeToUtf8(target);
        }

        return Rune.ReplacementChar.EncodeToUtf8(target);
    }

    /// <summary>Four digits at a time: of each the low bits, and nine more where it is a letter.</summary>
    private static char Hex(ReadOnlySpan<byte> digits)
    {
        var ascii = BinaryPrimitives.ReadUInt32LittleEndian(digits);
        var nibbles = (ascii & 0x0F0F0F0F) + (((ascii >> 6) & 0x01010101) * 9);
        var bytes = (nibbles << 4) | (nibbles >> 8);
        return (char)(((bytes & 0xFF) << 8) | ((bytes >> 16) & 0xFF));
    }
}
