using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Proxy;

/// <summary>What the beginning of a body says: its <c>model</c>, and where the prompt begins.</summary>
/// <param name="Model">The model; null where the body has none.</param>
/// <param name="Start">Where the model's value begins, its quote included.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Prompt">Where the value of <c>messages</c>, <c>prompt</c>, <c>text</c> or <c>inputs</c> begins; below zero where that was not seen.</param>
internal readonly record struct ModelScan(string? Model, int Start, int End, int Prompt)
{
    // Two fields of the same name in other spellings: a quote and the name, or an escape of one of its letters.
    private static ReadOnlySpan<byte> Name => "model"u8;

    private static ReadOnlySpan<byte> Quoted => "\"model\""u8;

    private static ReadOnlySpan<byte> EscapedLetter => "\\u006"u8;

    /// <summary>Nothing was seen.</summary>
    public static ModelScan Nothing => new(null, 0, 0, -1);

    /// <summary>Where the prompt begins in a body whose model does not matter, and which may be anything.</summary>
    public static ModelScan PromptOf(ReadOnlySpan<byte> body, bool whole)
    {
        try
        {
            TryRead(body, whole, out var scan);
            return scan;
        }
        catch (GatewayException)
        {
            return Nothing;
        }
    }

    /// <summary>Looks for the model in what is there of a body.</summary>
    /// <param name="body">The body's beginning.</param>
    /// <param name="whole">True where that is all.</param>
    /// <param name="scan">What was found.</param>
    /// <returns>False where more of the body is needed.</returns>
    /// <exception cref="GatewayException">It is no JSON object, or its model no text or given twice: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static bool TryRead(ReadOnlySpan<byte> body, bool whole, out ModelScan scan)
    {
        // A byte order mark may be there (RFC 8259, 8.1).
        var skipped = body.StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(body[skipped..], whole, new JsonReaderState(new JsonReaderOptions { MaxDepth = 512 }));
        try
        {
            return TryRead(ref reader, body, skipped, out scan);
        }
        catch (JsonException e)
        {
            throw Fault($"The body is not JSON: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine ?? 0}. Send one JSON object.");
        }
        catch (InvalidOperationException)
        {
            throw Fault("model: it holds a lone surrogate or is not UTF-8; send well-formed text.");
        }
    }

    /// <summary>What calls with the same beginning of the prompt share; none where the prompt was not seen.</summary>
    public PromptPrefix Prefix(ReadOnlySpan<byte> body) =>
        Prompt < 0 ? PromptPrefix.None : PromptPrefix.OfText(body.Slice(Prompt, Math.Min(body.Length - Prompt, 16 * 1024)));

    private static bool TryRead(ref Utf8JsonReader reader, ReadOnlySpan<byte> body, int skipped, out ModelScan scan)
    {
        scan = Nothing;
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw Fault("The body is not a JSON object; send one.");
        }

        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            var named = reader.ValueTextEquals(Name);
            var prompt = scan.Prompt < 0 && StartsPrompt(ref reader);
            if (!reader.Read())
            {
                return scan.Model is not null;
            }

            var start = (int)reader.TokenStartIndex + skipped;
            if (named)
            {
                scan = scan with { Model = ModelOf(ref reader, scan), Start = start, End = (int)reader.BytesConsumed + skipped };
                if (!MayNameAnother(body[scan.End..]))
                {
                    scan = scan with { Prompt = scan.Prompt < 0 ? PromptAfter(ref reader, skipped) : scan.Prompt };
                    return true;
                }
            }

            scan = prompt ? scan with { Prompt = start } : scan;
            if (!reader.TrySkip())
            {
                return scan.Model is not null;
            }
        }

        return scan.Model is not null;
    }

    private static string ModelOf(ref Utf8JsonReader reader, ModelScan scan)
    {
        if (scan.Model is not null)
        {
            throw Fault("model: the field is given twice; send it once.");
        }

        return reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Fault("model: send the name as a text.");
    }

    // Far faster than reading on, and right in nearly every body.
    private static bool MayNameAnother(ReadOnlySpan<byte> rest) => rest.IndexOf(Quoted) >= 0 || rest.IndexOf(EscapedLetter) >= 0;

    // Whether the rest is JSON is for the destination to say.
    private static int PromptAfter(ref Utf8JsonReader reader, int skipped)
    {
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var prompt = StartsPrompt(ref reader);
                if (!reader.Read())
                {
                    return -1;
                }

                if (prompt)
                {
                    return (int)reader.TokenStartIndex + skipped;
                }

                if (!reader.TrySkip())
                {
                    return -1;
                }
            }
        }
        catch (JsonException)
        {
        }

        return -1;
    }

    private static bool StartsPrompt(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("prompt"u8) || reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("inputs"u8);

    private static GatewayException Fault(string message) => new(ErrorKind.InvalidRequest, message, [new FieldError("model", message)]);
}
