using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A JSON string as <see cref="Utf8Text"/>.</summary>
internal sealed class Utf8TextConverter : JsonConverter<Utf8Text>
{
    public override Utf8Text Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonText.Read(ref reader);

    public override void Write(Utf8JsonWriter writer, Utf8Text value, JsonSerializerOptions options) => writer.WriteStringValue(value.Span);
}

/// <summary>A message's content: a string, or OpenAI's array of parts whose texts are joined; parts that are not text are refused, since no model here can judge them.</summary>
internal readonly record struct MessageContent(Utf8Text Text)
{
    /// <summary>The content the reader stands on.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static MessageContent Read(ref Utf8JsonReader reader, TextLease lease)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return new MessageContent(JsonText.Read(ref reader, lease));
        }

        var parts = new List<Utf8Text>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            parts.Add(ReadPart(ref reader, lease));
        }

        return new MessageContent(parts.Count == 1 ? parts[0] : Joined(parts));
    }

    private static Utf8Text ReadPart(ref Utf8JsonReader reader, TextLease lease)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("expected a content part such as {\"type\": \"text\", \"text\": …}");
        }

        Utf8Text? text = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            // What a model said instead of an answer is what it said.
            var isText = reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("refusal"u8);
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isText)
            {
                text = text is null ? JsonText.Read(ref reader, lease) : throw new JsonException("a content part has \"text\" twice");
            }
            else if (isType && !IsTextType(ref reader))
            {
                throw new JsonException("a content part is not of the type text; only text can be scored");
            }
            else
            {
                reader.Skip();
            }
        }

        return text ?? throw new JsonException("a content part has no \"text\"; only text parts can be scored");
    }

    // OpenAI's two APIs name the same part in three ways, and a refusal in a fourth.
    private static bool IsTextType(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
        && (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("input_text"u8) || reader.ValueTextEquals("output_text"u8) || reader.ValueTextEquals("refusal"u8));

    /// <summary>Texts as one.</summary>
    public static Utf8Text Joined(IReadOnlyList<Utf8Text> parts)
    {
        var bytes = new byte[parts.Sum(part => part.Length)];
        var at = 0;
        foreach (var part in parts)
        {
            part.Span.CopyTo(bytes.AsSpan(at));
            at += part.Length;
        }

        return Utf8Text.Copy(bytes);
    }
}

/// <summary>Reads <see cref="MessageContent"/> where a dialect's JSON is deserialised.</summary>
internal sealed class MessageContentConverter : JsonConverter<MessageContent>
{
    public override MessageContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        MessageContent.Read(ref reader, JsonText.Lease);

    public override void Write(Utf8JsonWriter writer, MessageContent value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Text.Span);
}
