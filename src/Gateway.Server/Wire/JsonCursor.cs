using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// A reader that knows its place: it goes through the objects and lists of a strict body once, texts unescaped straight into the lease, refuses
/// repeated fields and lists that are absurdly long before they become objects, and names the path of every fault.
/// </summary>
internal ref struct JsonCursor
{
    private const string WrongType = "the value has the wrong type";
    private const string LoneSurrogate = "a name, id or role holds a lone surrogate; send well-formed text";
    private const int MostLevels = 8;

    private readonly ReadOnlyMemory<byte> _memory;
    private readonly TextLease _texts;
    private readonly int _mostResponses;

    // Where the names of the fields on the way here begin in the body; of elements, the complement of their index.
    private readonly int[] _path = new int[MostLevels];
    private JsonScanner _json;
    private ReadOnlySpan<byte> _name;
    private int _nameAt;
    private int _level;
    private long _elements;

    /// <summary>Begins at the one value of a body that is well-formed UTF-8 and outlives the lease.</summary>
    public JsonCursor(ReadOnlyMemory<byte> body, TextLease texts, int mostResponses)
    {
        _memory = body;
        _json = new JsonScanner(body.Span);
        _texts = texts;
        _mostResponses = mostResponses;
        _json.SkipSpace();
    }

    /// <summary>True at the beginning of an object.</summary>
    public readonly bool IsObject => _json.Here == '{';

    /// <summary>Takes a null, if one is here.</summary>
    public bool TakeNull()
    {
        if (_json.Here != 'n')
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
        _json.SkipSpace();
        if (!_json.IsAtEnd)
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

        _nameAt = _json.At;
        _name = TakeQuoted();
        if (_name.Contains((byte)'\\'))
        {
            var unescaped = new byte[_name.Length];
            var length = JsonText.Unescape(_name, unescaped);
            _name = length < 0 ? throw NotJson() : unescaped.AsSpan(0, length);
        }

        _json.SkipSpace();
        Take((byte)':');
        _json.SkipSpace();
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

        var start = _json.At;
        var raw = _json.Here == '"' ? TakeQuoted() : throw Fault(WrongType);
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
        var start = _json.At + 1;
        var raw = _json.Here == '"' ? TakeQuoted() : throw Fault("expected a string");
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
        if (_json.Here == '"')
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
    public ReadOnlySpan<byte> TakeAny() => _json.TryTakeAny(out var value) ? value : throw NotJson();

    /// <summary>A fault of what is here, with its path.</summary>
    /// <exception cref="JsonException">Something, perhaps further on, is not even JSON: that is what the sender must hear of first.</exception>
    /// <exception cref="GatewayException">A list holds far more than a request may.</exception>
    public readonly JsonException Fault(string what)
    {
        JsonBounds.Check(_json.Body, _mostResponses);
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

    private JsonPlace Enter(byte opening) => _json.TryTake(opening) ? new JsonPlace(_level) : throw Fault(WrongType);

    private bool Next(ref JsonPlace place, byte closing)
    {
        _json.SkipSpace();
        if (_json.TryTake(closing))
        {
            return false;
        }

        if (place.IsBegun)
        {
            Take((byte)',');
            _json.SkipSpace();
        }

        place.IsBegun = true;
        return _json.Here != closing ? true : throw NotJson();
    }

    private void Take(byte expected)
    {
        if (!_json.TryTake(expected))
        {
            throw NotJson();
        }
    }

    private ReadOnlySpan<byte> TakeQuoted() => _json.TryTakeQuoted(out var quoted) ? quoted : throw NotJson();

    /// <summary>The string that begins at a place, or null where it holds a lone surrogate.</summary>
    private readonly string? StringAt(int place) => _json.TryReadString(place, out var text) ? text : throw NotJson();

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
