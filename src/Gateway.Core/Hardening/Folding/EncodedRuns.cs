using System.Buffers.Text;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The stretches of a text that decode to readable text: base64, base32, hexadecimal, <c>\u</c> and <c>\x</c> escapes, percent codes and entities.</summary>
internal ref struct EncodedRuns(ReadOnlySpan<byte> text)
{
    /// <summary>The most bytes of one stretch that are decoded.</summary>
    public const int MostDecoded = 1024;

    private const int ShortestBase64 = 20;
    private const int ShortestBase32 = 24;
    private const int ShortestHex = 24;
    private const int FewestEscaped = 4;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    /// <summary>True where pairs of hexadecimal digits of letters stand apart, as in "69 67 6e" or "ce b1 20".</summary>
    public static bool HasSpacedHex(ReadOnlySpan<byte> text) => HasSpacedHex(text, " 6"u8) || HasSpacedHex(text, " 20 "u8);

    private static bool HasSpacedHex(ReadOnlySpan<byte> text, ReadOnlySpan<byte> beginning)
    {
        const int Pairs = 4;
        for (var (at, looks) = (text.IndexOf(beginning), 0); at >= 0 && at + (3 * Pairs) < text.Length && looks < 64; looks++)
        {
            var isHex = true;
            for (var pair = at; pair < at + (3 * Pairs) && isHex; pair += 3)
            {
                isHex = text[pair] == ' ' && char.IsAsciiHexDigit((char)text[pair + 1]) && char.IsAsciiHexDigit((char)text[pair + 2]);
            }

            if (isHex)
            {
                return true;
            }

            var next = text[(at + 2)..].IndexOf(beginning);
            at = next < 0 ? -1 : at + 2 + next;
        }

        return false;
    }

    /// <summary>Decodes the next stretch; false where there is no more.</summary>
    public bool Next(scoped Span<byte> decoded, out int length, out int at, out string encoding)
    {
        while (_at < _text.Length)
        {
            var start = _at;
            if ((Hex(decoded, out length) && Named("hexadecimal", out encoding))
                || (Base32Run(decoded, out length) && Named("base32", out encoding))
                || (Base64Run(decoded, out length) && Named("base64", out encoding))
                || (Escaped(decoded, out length) && Named("escapes", out encoding)))
            {
                at = start;
                if (IsReadable(decoded[..length]))
                {
                    return true;
                }

                continue;
            }

            _at = Math.Max(_at, start + 1);
        }

        (length, at, encoding) = (0, 0, "");
        return false;
    }

    private static bool Named(string name, out string encoding)
    {
        encoding = name;
        return true;
    }

    private static bool IsReadable(ReadOnlySpan<byte> decoded)
    {
        var letters = 0;
        foreach (var value in decoded)
        {
            if (value is < 0x20 and not (byte)'\n' and not (byte)'\t' and not (byte)'\r')
            {
                return false;
            }

            letters += char.IsAsciiLetter((char)value) || value is (byte)' ' or >= 0x80 ? 1 : 0;
        }

        return decoded.Length >= 6 && letters * 4 >= decoded.Length * 3 && System.Text.Unicode.Utf8.IsValid(decoded);
    }

    private bool Hex(scoped Span<byte> decoded, out int length)
    {
        var (digits, end, high) = (0, _at, 0);
        length = 0;
        while (end < _text.Length)
        {
            var value = HexValue(_text[end]);
            if (value < 0 && !(_text[end] is (byte)' ' or (byte)':' or (byte)',' && digits % 2 == 0 && digits > 0))
            {
                break;
            }

            end++;
            if (value < 0)
            {
                continue;
            }

            if (digits % 2 == 1 && length < decoded.Length)
            {
                decoded[length++] = (byte)((high << 4) | value);
            }

            high = value;
            digits++;
        }

        var isHex = digits >= ShortestHex && (_at == 0 || HexValue(_text[_at - 1]) < 0);
        _at = isHex ? end : _at;
        return isHex;
    }

    private static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    // Capitals and the digits from 2 to 7, as RFC 4648 has them; a word in capitals has no digit.
    private bool Base32Run(scoped Span<byte> decoded, out int length)
    {
        var (end, digits) = (_at, 0);
        while (end < _text.Length && _text[end] is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'2' and <= (byte)'7'))
        {
            digits += _text[end] < 'A' ? 1 : 0;
            end++;
        }

        length = 0;
        if (end - _at < ShortestBase32 || digits == 0 || (end < _text.Length && char.IsAsciiLetterOrDigit((char)_text[end])))
        {
            return false;
        }

        var (bits, held) = (0u, 0);
        for (; _at < end; _at++)
        {
            bits = (bits << 5) | (uint)(_text[_at] < 'A' ? _text[_at] - '2' + 26 : _text[_at] - 'A');
            held += 5;
            if (held >= 8 && length < decoded.Length)
            {
                held -= 8;
                decoded[length++] = (byte)(bits >> held);
            }
        }

        length = WholeCharacters(decoded[..length]);
        return true;
    }

    private bool Base64Run(scoped Span<byte> decoded, out int length)
    {
        var end = _at;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit((char)_text[end]) || _text[end] is (byte)'+' or (byte)'/' or (byte)'-' or (byte)'_'))
        {
            end++;
        }

        length = 0;
        var run = _text[_at..end];
        if (run.Length < ShortestBase64)
        {
            // The rest of a word cannot begin a longer run.
            _at = Math.Max(_at, end);
            return false;
        }

        _at = end;
        Span<byte> standard = stackalloc byte[Math.Min(run.Length & ~3, MostDecoded)];
        for (var i = 0; i < standard.Length; i++)
        {
            standard[i] = run[i] switch { (byte)'-' => (byte)'+', (byte)'_' => (byte)'/', var other => other };
        }

        var isDone = Base64.DecodeFromUtf8(standard, decoded, out _, out length) == System.Buffers.OperationStatus.Done && length > 0;
        length = isDone ? WholeCharacters(decoded[..length]) : 0;
        return isDone;
    }

    // A run is read in groups of four and up to a limit, so that its last character may be cut.
    private static int WholeCharacters(ReadOnlySpan<byte> decoded)
    {
        for (var back = 1; back <= 3 && back <= decoded.Length; back++)
        {
            if (decoded[^back] >= 0xC0)
            {
                return Rune.DecodeFromUtf8(decoded[^back..], out _, out _) == System.Buffers.OperationStatus.Done ? decoded.Length : decoded.Length - back;
            }
        }

        return decoded.Length;
    }

    // Plain letters between escapes are read along: "%49gnore%20the%20rubric".
    private bool Escaped(scoped Span<byte> decoded, out int length)
    {
        const int MostPlain = 16;
        var (start, count, plain) = (_at, 0, 0);
        length = 0;
        var at = _at;
        while (at < _text.Length && length + 4 <= decoded.Length)
        {
            if (OneByte(_text[at..], out var size) is { } value)
            {
                decoded[length++] = value;
                at += size;
                (count, plain) = (count + 1, 0);
            }
            else if (One(_text[at..], out size) is { } rune)
            {
                length += rune.EncodeToUtf8(decoded[length..]);
                at += size;
                (count, plain) = (count + 1, 0);
            }
            else if (count > 0 && plain < MostPlain && (_text[at] >= 0x80 || char.IsAsciiLetterOrDigit((char)_text[at]) || _text[at] is (byte)' ' or (byte)'+' or (byte)'.' or (byte)',' or (byte)':'))
            {
                decoded[length++] = _text[at++];
                plain++;
            }
            else
            {
                break;
            }
        }

        _at = count > 0 ? at : start;
        length = WithoutStrays(decoded[..WholeCharacters(decoded[..length])]);
        return count >= FewestEscaped;
    }

    // One byte that is of no character does not hide the rest.
    private static int WithoutStrays(Span<byte> decoded)
    {
        if (System.Text.Unicode.Utf8.IsValid(decoded))
        {
            return decoded.Length;
        }

        var kept = 0;
        foreach (var one in decoded)
        {
            if (one < 0x80)
            {
                decoded[kept++] = one;
            }
        }

        return kept;
    }

    // "%D0" and "\xD0" are bytes, of which characters may have several.
    private static byte? OneByte(ReadOnlySpan<byte> text, out int size)
    {
        size = text is [(byte)'\\', (byte)'x', ..] ? 4 : text[0] == '%' ? 3 : 0;
        return size > 0 && text.Length >= size && HexValue(text[size - 2]) >= 0 && HexValue(text[size - 1]) >= 0
            ? (byte)((HexValue(text[size - 2]) << 4) | HexValue(text[size - 1])) : null;
    }

    private static Rune? One(ReadOnlySpan<byte> text, out int size)
    {
        size = 0;
        var (open, digits, isHex) = text switch
        {
            [(byte)'\\', (byte)'u', ..] => (2, 4, true),
            [(byte)'&', (byte)'#', (byte)'x' or (byte)'X', ..] => (3, 0, true),
            [(byte)'&', (byte)'#', ..] => (2, 0, false),
            _ => (0, 0, false),
        };
        if (open == 0)
        {
            return null;
        }

        var (value, at) = (0, open);
        while (at < text.Length && at - open < (digits == 0 ? 6 : digits) && (isHex ? HexValue(text[at]) >= 0 : char.IsAsciiDigit((char)text[at])))
        {
            value = (value * (isHex ? 16 : 10)) + HexValue(text[at]);
            at++;
        }

        if (at == open || (digits > 0 && at - open != digits) || !Rune.IsValid(value))
        {
            return null;
        }

        size = digits == 0 && at < text.Length && text[at] == ';' ? at + 1 : at;
        return new Rune(value);
    }
}
