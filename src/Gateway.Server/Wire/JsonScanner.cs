using System.Text.Json;

namespace Gateway.Server.Wire;

/// <summary>
/// Walks the bytes of JSON: what is not there is not taken, and whoever asked says what is wrong. It reads structure and strings itself, several times
/// faster than the framework where text is escaped; the framework reads the rest.
/// </summary>
internal ref struct JsonScanner(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _at;

    /// <summary>All of it.</summary>
    public readonly ReadOnlySpan<byte> Body => _body;

    /// <summary>How many bytes were taken.</summary>
    public readonly int At => _at;

    /// <summary>True behind the last byte.</summary>
    public readonly bool IsAtEnd => _at == _body.Length;

    /// <summary>The next byte; past the end, what begins no JSON.</summary>
    public readonly byte Here => _at < _body.Length ? _body[_at] : (byte)0;

    /// <summary>Takes white space.</summary>
    public void SkipSpace()
    {
        while (_at < _body.Length && _body[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }
    }

    /// <summary>Takes one byte, if it is this.</summary>
    public bool TryTake(byte expected)
    {
        if (Here != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    /// <summary>Takes a string: its bytes between the quotation marks, escapes as they are.</summary>
    public bool TryTakeQuoted(out ReadOnlySpan<byte> quoted)
    {
        quoted = default;
        if (!TryTake((byte)'"'))
        {
            return false;
        }

        var rest = _body[_at..];
        for (var end = 0; ; end++)
        {
            var quote = rest[end..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return false;
            }

            end += quote;
            var escapes = 0;
            while (escapes < end && rest[end - 1 - escapes] == '\\')
            {
                escapes++;
            }

            // Escaped is what stands behind an odd number of them.
            if (escapes % 2 == 0)
            {
                _at += end + 1;
                quoted = rest[..end];
                return !quoted.ContainsAnyInRange((byte)0, (byte)0x1F);
            }
        }
    }

    /// <summary>Takes a value, whatever it is.</summary>
    public bool TryTakeAny(out ReadOnlySpan<byte> value)
    {
        value = _body[_at..];
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            reader.Skip();
            _at += (int)reader.BytesConsumed;
            value = value[..(int)reader.BytesConsumed];
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the string that begins at a place; null where it holds a lone surrogate.</summary>
    public readonly bool TryReadString(int place, out string? text)
    {
        text = null;
        var reader = new Utf8JsonReader(_body[place..], isFinalBlock: false, default);
        try
        {
            reader.Read();
            text = reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
