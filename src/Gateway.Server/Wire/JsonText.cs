using System.Buffers;
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
    public static Utf8Text Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            throw new JsonException("expected a string");
        }

        var lease = t_lease ?? throw new InvalidOperationException("Texts are read within a lease. This is a bug.");
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
        if (!char.IsSurrogate(first))
        {
            return new Rune(first).EncodeToUtf8(target);
        }

        if (char.IsHighSurrogate(first) && escaped.StartsWith("\\u"u8) && Hex(escaped[2..]) is var second && char.IsLowSurrogate(second))
        {
            escaped = escaped[6..];
            return new Rune(first, second).EncodeToUtf8(target);
        }

        return Rune.ReplacementChar.EncodeToUtf8(target);
    }

    private static char Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        for (var i = 0; i < 4; i++)
        {
            var digit = digits[i];
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return (char)value;
    }
}
