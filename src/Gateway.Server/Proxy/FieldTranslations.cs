using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Proxy;

/// <summary>
/// Writes a request's fields in a server's words. Only fields at the top are touched, and those that stay are copied as they were written;
/// a body without any such field stays as it is, byte for byte.
/// </summary>
internal static class FieldTranslations
{
    private const string Structured = "structured_outputs";
    private const string Guided = "guided_";

    // vLLM's names below structured_outputs and, after the prefix, its older ones.
    private static readonly string[] Constraints = ["json", "regex", "choice", "grammar", "whitespace_pattern"];

    /// <summary>The body translated; null where nothing in it is.</summary>
    /// <exception cref="GatewayException">It is no JSON object, or says the same in both words: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static byte[]? Apply(ReadOnlyMemory<byte> body, IReadOnlyCollection<Translation> translations)
    {
        try
        {
            var fields = Fields(body);
            var changed = false;
            foreach (var translation in translations.Distinct())
            {
                changed |= translation switch
                {
                    Translation.GuidedToStructured => GuidedToStructured(fields),
                    Translation.StructuredToGuided => StructuredToGuided(fields),
                    Translation.MaxTokensToMaxCompletionTokens => Rename(fields, "max_tokens", "max_completion_tokens"),
                    _ => Rename(fields, "max_completion_tokens", "max_tokens"),
                };
            }

            return changed ? Write(fields) : null;
        }
        catch (JsonException e)
        {
            throw new GatewayException(
                ErrorKind.InvalidRequest, $"The body is not JSON: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}. Send one JSON object.");
        }
        catch (InvalidOperationException)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "A name in the body holds a lone surrogate or is not UTF-8; send well-formed text.");
        }
    }

    private static bool GuidedToStructured(List<Field> fields)
    {
        var guided = fields.FindAll(field => field.Name.StartsWith(Guided, StringComparison.Ordinal) && Constraints.Contains(field.Name[Guided.Length..]));
        if (guided.Count == 0)
        {
            return false;
        }

        var said = guided.FindAll(field => !field.IsNull);
        if (said.Count > 0 && fields.Exists(field => field.Name == Structured && !field.IsNull))
        {
            throw Twice(said[0].Name, Structured);
        }

        var at = fields.IndexOf(guided[0]);
        fields.RemoveAll(field => guided.Contains(field) || (said.Count > 0 && field.Name == Structured));
        if (said.Count > 0)
        {
            fields.Insert(Math.Min(at, fields.Count), Field.Of(Structured, Write(said.ConvertAll(field => Field.Of(field.Name[Guided.Length..], field.Value)))));
        }

        return true;
    }

    private static bool StructuredToGuided(List<Field> fields)
    {
        var structured = fields.FindIndex(field => field.Name == Structured && !field.IsNull);
        if (structured < 0)
        {
            return false;
        }

        var said = Fields(fields[structured].Value).FindAll(field => !field.IsNull);
        if (said.Find(field => !Constraints.Contains(field.Name)) is { } unknown)
        {
            throw new GatewayException(
                ErrorKind.UnsupportedField, $"{Structured}.{unknown.Name}: the servers of this cluster know no such constraint; leave it out.");
        }

        if (said.Find(field => fields.Exists(other => other.Name == Guided + field.Name)) is { } twice)
        {
            throw Twice(Guided + twice.Name, Structured);
        }

        fields.RemoveAt(structured);
        fields.InsertRange(structured, said.ConvertAll(field => Field.Of(Guided + field.Name, field.Value)));
        return true;
    }

    // Where both are there the server reads its own.
    private static bool Rename(List<Field> fields, string from, string to)
    {
        var at = fields.FindIndex(field => field.Name == from);
        if (at < 0 || fields.Exists(field => field.Name == to && !field.IsNull))
        {
            return false;
        }

        fields[at] = Field.Of(to, fields[at].Value);
        fields.RemoveAll(field => field.Name == to && field != fields[at]);
        return true;
    }

    private static List<Field> Fields(ReadOnlyMemory<byte> json)
    {
        var skipped = json.Span.StartsWith("\uFEFF"u8) ? 3 : 0;
        json = json[skipped..];
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = 512 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, "The body, or its structured_outputs, is not a JSON object; send one.");
        }

        var fields = new List<Field>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = (int)reader.TokenStartIndex;
            var text = reader.GetString()!;
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            fields.Add(new Field(text, json[name..value], json[value..end]));
        }

        // What follows the object would be lost.
        reader.Read();
        return fields;
    }

    private static byte[] Write(List<Field> fields)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write("{"u8);
        for (var i = 0; i < fields.Count; i++)
        {
            output.Write(i == 0 ? default : ","u8);
            output.Write(fields[i].Before.Span);
            output.Write(fields[i].Value.Span);
        }

        output.Write("}"u8);
        return output.WrittenSpan.ToArray();
    }

    private static GatewayException Twice(string one, string other) =>
        new(ErrorKind.InvalidRequest, $"{one} and {other} say the same; send one of them.", [new FieldError(one, "said twice")]);

    /// <summary>One field: its name, and as they are written the name with its colon, and the value.</summary>
    private sealed record Field(string Name, ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> Value)
    {
        public bool IsNull => Value.Span.SequenceEqual("null"u8);

        public static Field Of(string name, ReadOnlyMemory<byte> value) => new(name, Encoding.UTF8.GetBytes($"\"{name}\":"), value);
    }
}
