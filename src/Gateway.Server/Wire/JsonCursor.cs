using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// A reader that knows its place: it walks the objects and lists of a strict body once, texts unescaped straight into the lease, refuses repeated
/// fields and lists that are absurdly long before they become objects, and names the path of every fault. It reads structure and strings itself,
/// several times faster than the framework where text is escaped; the framework reads the rest, and says what is wrong with what is not JSON.
/// </summary>
internal ref struct JsonCursor
{
    private const string WrongType = "the value has the wrong type";
    private const string LoneSurrogate = "a name, id or role holds a lone surrogate; send well-formed text";
    private const int MostLevels = 8;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly ReadOnlySpan<byte> _body;
    private readonly TextLease _texts;
    private readonly int _mostResponses;

    // Where the names of the fields on the way here begin in the body; of elements, the complement of their index.
    private readonly int[] _path = new int[MostLevels];
    private ReadOnlySpan<byte> _name;
    private int _nameAt;
    private int _at;
    private int _level;
    private long _elements;

    /// <summary>Begins at the one value of a body that is well-formed UTF-8 and outlives the lease.</summary>
    public JsonCursor(ReadOnlyMemory<byte> body, TextLease texts, int mostResponses)
    {
        _memory = body;
        _body = body.Span;
        _texts = texts;
        _mostResponses = mostResponses;
        SkipSpace();
    }

    /// <summary>True at the beginning of an object.</summary>
    public readonly bool IsObject => Here == '{';

    // Past the end, what begins no JSON.
    private readonly byte Here => _at < _body.Length ? _body[_at] : (byte)0;

    /// <summary>Takes a null, if one is here.</summary>
    public bool TakeNull()
    {
        if (Here != 'n')
        {
            return false;
        }

        TakeAny();
        return true;
    }

    /// <summary>Checks that the body ends here.</summary>
    /// <exception cref="JsonException">It does not.</exception>
    public void End()
    {
        SkipSpace();
        if (_at < _body.Length)
        {
            throw NotJson();
        }
    }

    /// <summary>Enters the object that begins here.</summary>
    /// <exception cref="JsonException">None does.</exception>
    public JsonPlace EnterObject() => Enter((byte)'{');

    /// <summary>Enters the list that begins here.</summary>
    /// <exception cref="JsonException">None does.</exception>
    public JsonPlace EnterList() => Enter((byte)'[');

    /// <summary>Goes to the value of the object's next field; false, and behind the object, at its end.</summary>
    public bool NextField(ref JsonPlace place)
    {
        if (!NextWithin(ref place))
        {
            return false;
        }

        _path[place.Level] = _nameAt;
        _level = place.Level + 1;
        return true;
    }

    /// <summary>The same for an object whose faults bear the object's own path.</summary>
    public bool NextWithin(ref JsonPlace place)
    {
        if (!Next(ref place, (byte)'}'))
        {
            return false;
        }

        _nameAt = _at;
        _name = TakeQuoted();
        if (_name.Contains((byte)'\\'))
        {
            var unescaped = new byte[_name.Length];
            var length = JsonText.Unescape(_name, unescaped);
            _name = length < 0 ? throw NotJson() : unescaped.AsSpan(0, length);
        }

        SkipSpace();
        Take((byte)':');
        SkipSpace();
        return true;
    }

    /// <summary>Goes to the list's next element; false, and behind the list, at its end.</summary>
    /// <exception cref="GatewayException">The list holds far more than a request may.</exception>
    public bool NextElement(ref JsonPlace place)
    {
        if (!Next(ref place, (byte)']'))
        {
            return false;
        }

        _path[place.Level] = ~place.Seen;
        _level = place.Level + 1;
        JsonBounds.CheckCounts(++place.Seen, ++_elements, _mostResponses);
        return true;
    }

    /// <summary>True where the field has this name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _name.SequenceEqual(name);

    /// <summary>The same; <paramref name="bit"/> tells the field from its siblings.</summary>
    /// <exception cref="JsonException">It came before.</exception>
    public readonly bool Is(ReadOnlySpan<byte> name, int bit, ref JsonPlace place)
    {
        if (!Is(name))
        {
            return false;
        }

        if ((place.Seen & (1 << bit)) != 0)
        {
            throw Fault("the field is given twice; send it once");
        }

        place.Seen |= 1 << bit;
        return true;
    }

    /// <summary>A name or null; one of <paramref name="known"/> is not made anew.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public string? ReadName(params ReadOnlySpan<string> known)
    {
        if (TakeNull())
        {
            return null;
        }

        var start = _at;
        var raw = Here == '"' ? TakeQuoted() : throw Fault(WrongType);
        foreach (var name in known)
        {
            if (Ascii.Equals(raw, name))
            {
                return name;
            }
        }

        return StringAt(start) ?? throw Fault(LoneSurrogate);
    }

    /// <summary>A flag or null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public bool? ReadFlag() => TakeNull() ? null : TakeAny() switch
    {
        [(byte)'t', ..] => true,
        [(byte)'f', ..] => false,
        _ => throw Fault(WrongType),
    };

    /// <summary>A whole number or null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public int? ReadInteger()
    {
        if (TakeNull())
        {
            return null;
        }

        var number = new Utf8JsonReader(TakeAny());
        number.Read();
        return number.TokenType == JsonTokenType.Number && number.TryGetInt32(out var value) ? value : throw Fault(WrongType);
    }

    /// <summary>A text; where nothing in it is escaped, it is the body's own bytes.</summary>
    /// <exception cref="JsonException">It is no string.</exception>
    public Utf8Text ReadText()
    {
        var start = _at + 1;
        var raw = Here == '"' ? TakeQuoted() : throw Fault("expected a string");
        if (!raw.Contains((byte)'\\'))
        {
            return _texts.Borrow(_memory.Slice(start, raw.Length));
        }

        var length = JsonText.Unescape(raw, _texts.Reserve(raw.Length));
        return length < 0 ? throw NotJson() : _texts.Commit(length);
    }

    /// <summary>The content of a message.</summary>
    /// <exception cref="JsonException">It is neither text nor text parts.</exception>
    /// <exception cref="GatewayException">It has far more parts than a request may.</exception>
    public MessageContent ReadContent()
    {
        if (Here == '"')
        {
            return new MessageContent(ReadText());
        }

        var parts = new Utf8JsonReader(TakeCounted());
        parts.Read();
        try
        {
            return MessageContent.Read(ref parts, _texts);
        }
        catch (JsonException e)
        {
            throw Fault(e.Message);
        }
        catch (InvalidOperationException)
        {
            throw Fault(LoneSurrogate);
        }
    }

    /// <summary>Whatever is here, counted before it is made.</summary>
    /// <exception cref="JsonException">It has a field twice.</exception>
    public JsonElement ReadAny()
    {
        var value = TakeCounted();
        try
        {
            return JsonSerializer.Deserialize(value, NativeJson.Default.JsonElement);
        }
        catch (JsonException e)
        {
            throw Fault(e.Message);
        }
        catch (InvalidOperationException)
        {
            throw Fault(LoneSurrogate);
        }
    }

    /// <summary>Takes the value that is here, its elements counted together with those before it.</summary>
    /// <exception cref="GatewayException">There are far more than a request may hold.</exception>
    private ReadOnlySpan<byte> TakeCounted()
    {
        var value = TakeAny();
        _elements += JsonBounds.Check(value, _mostResponses);
        JsonBounds.CheckCounts(0, _elements, _mostResponses);
        return value;
    }

    /// <summary>Takes the value that is here, whatever it is.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public ReadOnlySpan<byte> TakeAny()
    {
        var value = _body[_at..];
        try
        {
            var reader = new Utf8JsonReader(value);
            reader.Read();
            reader.Skip();
            _at += (int)reader.BytesConsumed;
            return value[..(int)reader.BytesConsumed];
        }
        catch (JsonException)
        {
            throw NotJson();
        }
    }

    /// <summary>A fault of what is here, with its path.</summary>
    /// <exception cref="JsonException">Something, perhaps further on, is not even JSON: that is what the sender must hear of first.</exception>
    /// <exception cref="GatewayException">A list holds far more than a request may.</exception>
    public readonly JsonException Fault(string what)
    {
        JsonBounds.Check(_body, _mostResponses);
        return new JsonException(what, Path(), null, null);
    }

    /// <summary>The fault of a field that has none of the known names.</summary>
    public JsonException UnknownField()
    {
        if (StringAt(_nameAt) is { } name)
        {
            return Fault($"unknown field '{JsonFault.Shown(name)}'; remove it or correct its name");
        }

        _level--;
        return Fault(LoneSurrogate);
    }

    /// <summary>The same of an object whose faults bear the object's own path.</summary>
    public readonly JsonException UnknownWithin(string place) =>
        Fault(StringAt(_nameAt) is { } name ? $"unknown field '{JsonFault.Shown(name)}' in {place}" : LoneSurrogate);

    private readonly JsonException NotJson() => Fault(WrongType);

    private JsonPlace Enter(byte opening)
    {
        if (Here != opening)
        {
            throw Fault(WrongType);
        }

        _at++;
        return new JsonPlace(_level);
    }

    private bool Next(ref JsonPlace place, byte closing)
    {
        SkipSpace();
        if (Here == closing)
        {
            _at++;
            return false;
        }

        if (place.IsBegun)
        {
            Take((byte)',');
            SkipSpace();
        }

        place.IsBegun = true;
        return Here != closing ? true : throw NotJson();
    }

    private void Take(byte expected)
    {
        if (Here != expected)
        {
            throw NotJson();
        }

        _at++;
    }

    /// <summary>Takes a string: its bytes between the quotation marks.</summary>
    private ReadOnlySpan<byte> TakeQuoted()
    {
        Take((byte)'"');
        var rest = _body[_at..];
        for (var end = 0; ; end++)
        {
            var quote = rest[end..].IndexOf((byte)'"');
            end = quote < 0 ? throw NotJson() : end + quote;
            var escapes = 0;
            while (escapes < end && rest[end - 1 - escapes] == '\\')
            {
                escapes++;
            }

            // Escaped is what stands behind an odd number of them.
            if (escapes % 2 == 0)
            {
                _at += end + 1;
                return rest[..end].ContainsAnyInRange((byte)0, (byte)0x1F) ? throw NotJson() : rest[..end];
            }
        }
    }

    private void SkipSpace()
    {
        while (_at < _body.Length && _body[_at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            _at++;
        }
    }

    /// <summary>The string that begins at a place, or null where it holds a lone surrogate.</summary>
    private readonly string? StringAt(int place)
    {
        var reader = new Utf8JsonReader(_body[place..], isFinalBlock: false, default);
        try
        {
            reader.Read();
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw NotJson();
        }
    }

    private readonly string Path()
    {
        var path = new StringBuilder("$");
        foreach (var step in _path.AsSpan(0, _level))
        {
            _ = step < 0 ? path.Append('[').Append(~step).Append(']') : path.Append('.').Append(StringAt(step));
        }

        return path.ToString();
    }
}

/// <summary>An object or a list on the way to a <see cref="JsonCursor"/>'s value.</summary>
/// <param name="Level">How many are around it.</param>
internal record struct JsonPlace(int Level)
{
    /// <summary>Whether something of it was read.</summary>
    public bool IsBegun { get; set; }

    /// <summary>The fields seen so far, a bit for each, or the number of elements.</summary>
    public int Seen { get; set; }
}
