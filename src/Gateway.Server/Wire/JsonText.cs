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
    private const int UnitBytes = 6;

    // By byte: what stands for a character behind a backslash, 0 where nothing does, and a digit's value, -1 where it is none.
    private static readonly byte[] ShortEscapes = MakeShortEscapes();
    private static readonly int[] Digits = MakeDigits();

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

    /// <summary>Writes the unescaped form, never longer than the escaped one, and returns its length; -1 where an escape is not one of JSON's.</summary>
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
            escaped = escaped[plain..];
            if (escaped.StartsWith("\\u"u8))
            {
                // Text of another script comes as one such escape after the other.
                do
                {
                    var bytes = UnescapeRune(ref escaped, target[written..]);
                    if (bytes < 0)
                    {
                        return -1;
                    }

                    written += bytes;
                }
                while (escaped.StartsWith("\\u"u8));
                continue;
            }

            var unescaped = escaped.Length < 2 ? (byte)0 : ShortEscapes[escaped[1]];
            if (unescaped == 0)
            {
                return -1;
            }

            target[written++] = unescaped;
            escaped = escaped[2..];
        }
    }

    /// <summary>Reads a <c>\u</c> and its four digits, and a second escape where both make one rune; -1 where there are no four digits.</summary>
    private static int UnescapeRune(ref ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var first = Unit(escaped);
        if (first < 0)
        {
            return -1;
        }

        escaped = escaped[UnitBytes..];
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

        if (!char.IsSurrogate((char)first))
        {
            target[2] = (byte)(0x80 | (first & 0x3F));
            target[1] = (byte)(0x80 | ((first >> 6) & 0x3F));
            target[0] = (byte)(0xE0 | (first >> 12));
            return 3;
        }

        if (char.IsHighSurrogate((char)first) && escaped.StartsWith("\\u"u8) && Unit(escaped) is >= 0 and var second && char.IsLowSurrogate((char)second))
        {
            escaped = escaped[UnitBytes..];
            return new Rune((char)first, (char)second).EncodeToUtf8(target);
        }

        return Rune.ReplacementChar.EncodeToUtf8(target);
    }

    /// <summary>The UTF-16 unit of a <c>\u</c> escape, or less than zero.</summary>
    private static int Unit(ReadOnlySpan<byte> escape) => escape.Length < UnitBytes
        ? -1
        : (Digits[escape[2]] << 12) | (Digits[escape[3]] << 8) | (Digits[escape[4]] << 4) | Digits[escape[5]];

    private static byte[] MakeShortEscapes()
    {
        var escapes = new byte[256];
        foreach (var (escape, meant) in "\"\\/bfnrt".Zip("\"\\/\b\f\n\r\t"))
        {
            escapes[escape] = (byte)meant;
        }

        return escapes;
    }

    private static int[] MakeDigits()
    {
        var digits = new int[256];
        Array.Fill(digits, -1);
        foreach (var digit in "0123456789abcdefABCDEF")
        {
            digits[digit] = Convert.ToInt32(digit.ToString(), 16);
        }

        return digits;
    }
}
