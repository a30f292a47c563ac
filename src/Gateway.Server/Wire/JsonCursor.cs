using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// A reader that knows its place: it walks the objects and lists of a strict body once, texts unescaped straight into the lease, refuses repeated fields and
/// lists that are absurdly long before they become objects, and names the path of every fault.
/// </summary>
internal ref struct JsonCursor
{
    private const string WrongType = "the value has the wrong type";
    private const string LoneSurrogate = "a name, id or role holds a lone surrogate; send well-formed text";
    private const int MostLevels = 8;

    private readonly ReadOnlyMemory<byte> _body;
    private readonly TextLease _texts;
    private readonly int _mostResponses;

    // Where the names of the fields on the way here begin in the body; of elements, the complement of their index.
    private readonly int[] _path = new int[MostLevels];
    private Utf8JsonReader _json;
    private int _level;
    private long _elements;

    /// <summary>Begins before the first token of a body that is well-formed UTF-8 and outlives the lease.</summary>
    public JsonCursor(ReadOnlyMemory<byte> body, TextLease texts, int mostResponses)
    {
        _body = body;
        _texts = texts;
        _mostResponses = mostResponses;
        _json = new Utf8JsonReader(body.Span);
    }

    /// <summary>True on a null.</summary>
    public readonly bool IsNull => _json.TokenType == JsonTokenType.Null;

    /// <summary>True at the beginning of an object.</summary>
    public readonly bool IsObject => _json.TokenType == JsonTokenType.StartObject;

    /// <summary>Goes to the body's one value, and then to its end, where anything else is a fault of the JSON.</summary>
    public bool Next() => _json.Read();

    /// <summary>Enters the object that begins here.</summary>
    /// <exception cref="JsonException">None does.</exception>
    public readonly JsonPlace EnterObject() => IsObject ? new JsonPlace(_level) : throw WrongTypeHere();

    /// <summary>Enters the list that begins here.</summary>
    /// <exception cref="JsonException">None does.</exception>
    public readonly JsonPlace EnterList() => _json.TokenType == JsonTokenType.StartArray ? new JsonPlace(_level) : throw WrongTypeHere();

    /// <summary>Goes to the name of the object's next field; false at its end.</summary>
    public bool NextField(in JsonPlace place)
    {
        _json.Read();
        _path[place.Level] = (int)_json.TokenStartIndex;
        _level = place.Level + 1;
        return _json.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Goes to the list's next element; false at its end.</summary>
    /// <exception cref="GatewayException">The list holds far more than a request may.</exception>
    public bool NextElement(ref JsonPlace place)
    {
        _json.Read();
        if (_json.TokenType == JsonTokenType.EndArray)
        {
            return false;
        }

        _path[place.Level] = ~place.Seen;
        _level = place.Level + 1;
        JsonBounds.CheckCounts(++place.Seen, ++_elements, _mostResponses);
        return true;
    }

    /// <summary>True where the field has this name, and then on its value; <paramref name="bit"/> tells it from its siblings.</summary>
    /// <exception cref="JsonException">It came before.</exception>
    public bool Is(ReadOnlySpan<byte> name, int bit, ref JsonPlace place)
    {
        if (!_json.ValueTextEquals(name))
        {
            return false;
        }

        if ((place.Seen & (1 << bit)) != 0)
        {
            throw Fault("the field is given twice; send it once");
        }

        place.Seen |= 1 << bit;
        return _json.Read();
    }

    /// <summary>Goes to the name of the next field of an object whose faults bear the object's own path; false at its end.</summary>
    public bool NextWithin() => _json.Read() && _json.TokenType == JsonTokenType.PropertyName;

    /// <summary>True where the field has this name, and then on its value.</summary>
    public bool Is(ReadOnlySpan<byte> name) => _json.ValueTextEquals(name) && _json.Read();

    /// <summary>Skips the value.</summary>
    public void Skip() => _json.Skip();

    /// <summary>A name or null, one of <paramref name="known"/> without being made anew.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public readonly string? ReadName(params ReadOnlySpan<string> known)
    {
        if (_json.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
        {
            throw WrongTypeHere();
        }

        foreach (var name in known)
        {
            if (!IsNull && _json.ValueTextEquals(name))
            {
                return name;
            }
        }

        try
        {
            return _json.GetString();
        }
        catch (InvalidOperationException)
        {
            throw Fault(LoneSurrogate);
        }
    }

    /// <summary>A flag or null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public readonly bool? ReadFlag() => IsNull ? null
        : _json.TokenType is JsonTokenType.True or JsonTokenType.False ? _json.GetBoolean()
        : throw WrongTypeHere();

    /// <summary>A whole number or null.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public readonly int? ReadInteger() => IsNull ? null
        : _json.TokenType == JsonTokenType.Number && _json.TryGetInt32(out var number) ? number
        : throw WrongTypeHere();

    /// <summary>A text; where nothing in it is escaped, it is the body's own bytes.</summary>
    /// <exception cref="JsonException">It is no string.</exception>
    public Utf8Text ReadText()
    {
        if (_json.TokenType == JsonTokenType.String && !_json.ValueIsEscaped)
        {
            return _texts.Borrow(_body.Slice((int)_json.TokenStartIndex + 1, _json.ValueSpan.Length));
        }

        try
        {
            return JsonText.Read(ref _json, _texts);
        }
        catch (JsonException e) when (e.Path is null)
        {
            throw Fault(e.Message);
        }
    }

    /// <summary>The content of a message.</summary>
    /// <exception cref="JsonException">It is neither text nor text parts.</exception>
    /// <exception cref="GatewayException">It has far more parts than a request may.</exception>
    public MessageContent ReadContent()
    {
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            CountAhead();
        }

        try
        {
            return MessageContent.Read(ref _json, _texts);
        }
        catch (JsonException e) when (e.GetType() == typeof(JsonException) && e.Path is null)
        {
            throw Fault(e.Message);
        }
    }

    /// <summary>Whatever is here, counted before it is made.</summary>
    public JsonElement ReadAny()
    {
        CountAhead();
        try
        {
            return JsonSerializer.Deserialize(ref _json, NativeJson.Default.JsonElement);
        }
        catch (JsonException e) when (e.Path is not null)
        {
            throw new JsonException(e.Message, Path() + e.Path.TrimStart('$'), null, null);
        }
    }

    /// <summary>A fault of what is here, with its path.</summary>
    /// <exception cref="JsonException">Something after it is not even JSON: that is what the sender must hear of first.</exception>
    /// <exception cref="GatewayException">A list holds far more than a request may.</exception>
    public readonly JsonException Fault(string what)
    {
        JsonBounds.Check(_body.Span, _mostResponses);
        return new JsonException(what, Path(), null, null);
    }

    /// <summary>The fault of a field that has none of the known names.</summary>
    public JsonException UnknownField() => Fault($"unknown field '{JsonFault.Shown(FieldName())}'; remove it or correct its name");

    /// <summary>The name of the field that the cursor stands on.</summary>
    /// <exception cref="JsonException">It holds a lone surrogate.</exception>
    public string FieldName()
    {
        try
        {
            return _json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            _level--;
            throw Fault(LoneSurrogate);
        }
    }

    /// <summary>Counts the elements of the value that begins here, together with those before it.</summary>
    private void CountAhead()
    {
        var ahead = _json;
        ahead.Skip();
        _elements += JsonBounds.Check(_body.Span[(int)_json.TokenStartIndex..(int)ahead.BytesConsumed], _mostResponses);
        JsonBounds.CheckCounts(0, _elements, _mostResponses);
    }

    private readonly JsonException WrongTypeHere() => Fault(WrongType);

    private readonly string Path()
    {
        var path = new StringBuilder("$");
        foreach (var step in _path.AsSpan(0, _level))
        {
            if (step < 0)
            {
                path.Append('[').Append(~step).Append(']');
                continue;
            }

            var name = new Utf8JsonReader(_body.Span[step..], isFinalBlock: false, default);
            name.Read();
            path.Append('.').Append(name.GetString());
        }

        return path.ToString();
    }
}

/// <summary>An object or a list on the way to a <see cref="JsonCursor"/>'s value.</summary>
/// <param name="Level">How many are around it.</param>
internal record struct JsonPlace(int Level)
{
    /// <summary>The fields seen so far, a bit for each, or the number of elements.</summary>
    public int Seen { get; set; }
}
