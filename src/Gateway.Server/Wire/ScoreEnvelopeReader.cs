using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// Reads a <see cref="ScoreEnvelope"/> in one pass over the body: escapes are what reading costs, and every further look at them costs the same
/// again. Unknown and repeated fields are refused.
/// </summary>
internal ref struct ScoreEnvelopeReader
{
    private JsonCursor _json;

    // Used for one item after the other.
    private List<EnvelopeResponse?>? _responses;

    /// <summary>Reads a body; null where it is the JSON null.</summary>
    /// <exception cref="JsonException">It is not JSON, or not the envelope; the path says where.</exception>
    /// <exception cref="GatewayException">A list holds far more than a request may.</exception>
    public static ScoreEnvelope? Read(ReadOnlyMemory<byte> body, TextLease texts, int mostResponses)
    {
        var reader = new ScoreEnvelopeReader { _json = new JsonCursor(body, texts, mostResponses) };
        var envelope = reader._json.TakeNull() ? null : reader.ReadEnvelope();
        reader._json.End();
        return envelope;
    }

    private ScoreEnvelope ReadEnvelope()
    {
        var envelope = new ScoreEnvelope();
        for (var place = _json.EnterObject(); _json.NextField(ref place);)
        {
            if (_json.Is("model"u8, 8, ref place))
            {
                envelope.Model = _json.ReadName();
            }
            else if (_json.Is("items"u8, 9, ref place))
            {
                envelope.Items = _json.TakeNull() ? null : ReadItems();
            }
            else if (_json.Is("response"u8, 10, ref place))
            {
                envelope.Response = ReadResponse();
            }
            else if (_json.Is("options"u8, 11, ref place))
            {
                envelope.Options = _json.TakeNull() ? null : ReadOptions();
            }
            else
            {
                ReadItemField(envelope, ref place);
            }
        }

        return envelope;
    }

    private List<EnvelopeItem?> ReadItems()
    {
        var items = new List<EnvelopeItem?>();
        for (var place = _json.EnterList(); _json.NextElement(ref place);)
        {
            items.Add(_json.TakeNull() ? null : ReadItem());
        }

        return items;
    }

    private EnvelopeItem ReadItem()
    {
        var item = new EnvelopeItem();
        for (var place = _json.EnterObject(); _json.NextField(ref place);)
        {
            ReadItemField(item, ref place);
        }

        return item;
    }

    private void ReadItemField(EnvelopeItem item, ref JsonPlace place)
    {
        if (_json.Is("prompt"u8, 0, ref place))
        {
            item.Prompt = _json.TakeNull() ? null : new Message(Message.User, _json.ReadText());
        }
        else if (_json.Is("responses"u8, 1, ref place))
        {
            item.Take(_json.TakeNull() ? null : ReadResponses());
        }
        else if (_json.Is("id"u8, 2, ref place))
        {
            item.Id = _json.ReadName();
        }
        else if (_json.Is("messages"u8, 3, ref place))
        {
            item.Messages = _json.TakeNull() ? null : ReadMessages();
        }
        else if (_json.Is("reference"u8, 4, ref place))
        {
            item.Judging = (item.Judging ?? new()) with { Reference = ReadAny() };
        }
        else if (_json.Is("principle"u8, 5, ref place))
        {
            item.Judging = (item.Judging ?? new()) with { Principle = ReadAny() };
        }
        else if (_json.Is("rubric"u8, 6, ref place))
        {
            item.Judging = (item.Judging ?? new()) with { Rubric = ReadAny() };
        }
        else if (_json.Is("criteria"u8, 7, ref place))
        {
            item.Judging = (item.Judging ?? new()) with { Criteria = ReadAny() };
        }
        else
        {
            throw _json.UnknownField();
        }
    }

    private JsonElement? ReadAny() => _json.TakeNull() ? null : _json.ReadAny();

    /// <summary>Responses until the next item's are read.</summary>
    private List<EnvelopeResponse?> ReadResponses()
    {
        var responses = _responses ??= [];
        responses.Clear();
        for (var place = _json.EnterList(); _json.NextElement(ref place);)
        {
            responses.Add(ReadResponse());
        }

        return responses;
    }

    /// <summary>A string, <c>{"text": …}</c> or <c>{"steps": […]}</c>. Its path is the response's, whatever is wrong within.</summary>
    private EnvelopeResponse? ReadResponse()
    {
        if (!_json.IsObject)
        {
            return _json.TakeNull() ? null : new EnvelopeResponse(_json.ReadText(), HasSteps: false);
        }

        EnvelopeResponse? response = null;
        for (var place = _json.EnterObject(); _json.NextWithin(ref place);)
        {
            if (response is not null)
            {
                throw _json.Fault("a response has either \"text\" or \"steps\", once, and nothing else");
            }

            if (_json.Is("text"u8))
            {
                response = new EnvelopeResponse(_json.ReadText(), HasSteps: false);
            }
            else if (_json.Is("steps"u8))
            {
                response = new EnvelopeResponse(null, HasSteps: true);
                _json.TakeAny();
            }
            else
            {
                throw _json.UnknownWithin("a response; it has \"text\" or \"steps\"");
            }
        }

        return response ?? new EnvelopeResponse(null, HasSteps: false);
    }

    private List<EnvelopeMessage?> ReadMessages()
    {
        var messages = new List<EnvelopeMessage?>(1);
        for (var place = _json.EnterList(); _json.NextElement(ref place);)
        {
            messages.Add(_json.TakeNull() ? null : ReadMessage());
        }

        return messages;
    }

    private EnvelopeMessage ReadMessage()
    {
        var message = default(EnvelopeMessage);
        for (var place = _json.EnterObject(); _json.NextField(ref place);)
        {
            if (_json.Is("role"u8, 0, ref place))
            {
                message = message with { Role = _json.ReadName(Message.User, Message.Assistant, "system") };
            }
            else if (_json.Is("content"u8, 1, ref place))
            {
                message = message with { Content = _json.TakeNull() ? null : _json.ReadContent() };
            }
            else if (_json.Is("name"u8, 2, ref place))
            {
                _json.ReadName();
            }
            else
            {
                throw _json.UnknownField();
            }
        }

        return message;
    }

    private EnvelopeOptions ReadOptions()
    {
        var options = new EnvelopeOptions();
        for (var place = _json.EnterObject(); _json.NextField(ref place);)
        {
            if (_json.Is("hardening"u8, 0, ref place))
            {
                options.Hardening = _json.ReadName();
            }
            else if (_json.Is("cache"u8, 1, ref place))
            {
                options.Cache = _json.ReadName();
            }
            else if (_json.Is("run"u8, 4, ref place))
            {
                options.Run = _json.ReadName();
            }
            else if (_json.Is("pairing"u8, 5, ref place))
            {
                options.Pairing = _json.ReadName();
            }
            else if (_json.Is("controls"u8, 6, ref place))
            {
                options.Controls = _json.ReadName();
            }
            else if (_json.Is("explain"u8, 2, ref place))
            {
                options.Explain = _json.ReadFlag();
            }
            else if (_json.Is("timeout_ms"u8, 3, ref place))
            {
                options.TimeoutMs = _json.ReadInteger();
            }
            else
            {
                throw _json.UnknownField();
            }
        }

        return options;
    }
}
