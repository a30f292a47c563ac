using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// An engine's error as a failure: its kind by status and words, its message shortened, and left out where it repeats what is judged. All
/// shapes are read here, since proxies and versions mix them: <c>error.message</c>, <c>error</c>, <c>message</c> and <c>detail</c>.
/// </summary>
/// <param name="Failure">What each text of the call gets.</param>
/// <param name="OneText">True where one text can be the cause, so that the others are worth asking again.</param>
/// <param name="Status">The HTTP status that said so.</param>
internal sealed record EngineFault(Failure Failure, bool OneText, int Status)
{
    private const int LongestMessage = 200;

    // So many letters in a row are words of a text and no chance; of other scripts fewer are.
    private const int Window = 12;
    private const int ShortWindow = 4;

    private static readonly string[] TooLong =
    [
        "maximum context length", "longer than the maximum", "longer than the model's context length", "must have less than",
        "exceed_context_size_error", "larger than the max context size", "exceeds the available context size", "too large to process",
        "context_length_exceeded", "maximum allowed length", "`inputs` tokens + `max_new_tokens` must be",
    ];

    /// <summary>True where the engine ran the texts, or may have: a refusal and a text that is too long cost it nothing.</summary>
    public bool WasRun => !WasRefused && Failure.Kind != ErrorKind.InputTooLong;

    /// <summary>True where the status says that nothing was run, whatever the message says.</summary>
    public bool WasRefused => Status is 400 or 413 or 422;

    /// <summary>True where the status blames the server and nothing in the reply a text.</summary>
    public bool IsServerError => Status >= 500 && Failure.Kind is not (ErrorKind.InvalidScore or ErrorKind.InputTooLong);

    /// <summary>What a reply that is no success means.</summary>
    public static EngineFault Of(UpstreamReply reply, string cluster, IReadOnlyList<RemoteText> texts) => Of(reply, reply.Status, cluster, texts);

    /// <summary>What a reply means whose body says this status, whatever its own.</summary>
    public static EngineFault Of(UpstreamReply reply, int status, string cluster, IReadOnlyList<RemoteText> texts)
    {
        var (message, whole) = MessageOf(reply.Body);
        var from = $"{reply.Destination} of cluster '{cluster}' answered {reply.Status}{(status == reply.Status ? "" : $", with an error {status} in it")}";
        var says = message.Length == 0 ? "" : MayRepeat(message, texts) ? " with a message that may repeat the text" : $" ({message})";
        if (status == 413 || (status is >= 400 and <= 500 && TooLong.Any(phrase => whole.Contains(phrase, StringComparison.OrdinalIgnoreCase))))
        {
            return new EngineFault(new Failure(ErrorKind.InputTooLong, $"{from}{says}; the text is too long for it, so shorten it."), OneText: true, status);
        }

        EngineFault Whole(ErrorKind kind, string message) => new(new Failure(kind, message), OneText: false, status);
        return status switch
        {
            401 or 403 => Whole(ErrorKind.UpstreamFailed, $"{from}{says}; set {ClusterOptions.Section}:{cluster}:Authorization to what it asks for."),
            404 or 405 or 501 => Whole(ErrorKind.UpstreamFailed, $"{from}{says}; it has no such route or model: check its version, the model it serves, and 'upstream_model'."),
            408 or 504 => Whole(ErrorKind.UpstreamTimedOut, $"{from}{says}; try again later."),
            424 when whole.Contains("NaN", StringComparison.Ordinal) => new(new Failure(ErrorKind.InvalidScore, $"{from}{says}; the model gave no number for this text."), OneText: true, status),
            429 => Whole(ErrorKind.Overloaded, $"{from}{says}; it has too much to do, so try again later."),
            503 => Whole(ErrorKind.NotReady, $"{from}{says}; try again later."),
            502 => Whole(ErrorKind.UpstreamFailed, $"{from}{says}; try again later."),
            500 when whole.Contains("not JSON compliant", StringComparison.Ordinal) =>
                new(new Failure(ErrorKind.InvalidScore, $"{from}{says}; the model gave no number for this text."), OneText: true, status),
            424 or 500 => new(new Failure(ErrorKind.UpstreamFailed, $"{from}{says}; its log says more."), OneText: true, status),
            >= 500 => Whole(ErrorKind.UpstreamFailed, $"{from}{says}; its log says more."),
            400 or 422 => new(new Failure(ErrorKind.Rejected, $"{from}{says}; the engine refuses this text and will refuse it again."), OneText: true, status),
            _ => Whole(ErrorKind.UpstreamFailed, $"{from}{says}; the same call will fail again."),
        };
    }

    private static (string Message, string Whole) MessageOf(ReadOnlyMemory<byte> body)
    {
        var whole = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 8_192)]);
        if (whole.AsSpan().TrimStart().StartsWith("<"))
        {
            return ("a page and no JSON", "");
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            // Escapes hide words, so both forms are looked at.
            var text = TextOf(document.RootElement);
            return (Shortened(text), $"{text}\n{whole}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (Shortened(whole), whole);
        }
    }

    private static string TextOf(JsonElement element)
    {
        foreach (var name in element.ValueKind == JsonValueKind.Object ? (string[])["error", "message", "detail"] : [])
        {
            if (element.TryGetProperty(name, out var value))
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString()!,
                    JsonValueKind.Object => TextOf(value),
                    _ => "",
                };
            }
        }

        return "";
    }

    // One line of visible characters, since it goes to logs.
    private static string Shortened(string message)
    {
        var line = new StringBuilder();
        foreach (var character in message.AsSpan().Trim())
        {
            if (line.Length == LongestMessage)
            {
                line.Append('…');
                break;
            }

            line.Append(char.IsControl(character) || char.IsSurrogate(character) ? ' ' : character);
        }

        return line.ToString();
    }

    // Engines quote what they could not read; judged text is in no message of ours, not even a few words of it, so that a message is left out
    // where it may quote: with escapes, in Pydantic's words, or with letters that a text has too.
    private static bool MayRepeat(string message, IReadOnlyList<RemoteText> texts)
    {
        var letters = Letters(message);
        if (message.Contains('\\', StringComparison.Ordinal) || message.Contains("input_value", StringComparison.Ordinal))
        {
            return true;
        }

        var window = Math.Min(Ascii.IsValid(letters) ? Window : ShortWindow, letters.Length);
        var windows = SearchValues.Create(
            window == 0 ? [] : [.. Enumerable.Range(0, letters.Length - window + 1).Select(at => letters.Substring(at, window))], StringComparison.Ordinal);
        foreach (var part in texts.SelectMany(Parts).Where(part => !part.IsEmpty))
        {
            var text = Encoding.UTF8.GetString(part.Span);
            var words = Letters(text);
            if ((words.Length > 0 && words.Length < Window && letters.Contains(words, StringComparison.Ordinal))
                || (window > 0 && words.AsSpan().ContainsAny(windows))
                || (words.Length == 0 && text.Trim() is { Length: > 0 } signs && message.Contains(signs, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static IEnumerable<ReadOnlyMemory<byte>> Parts(RemoteText text) =>
        text.Turns.Count > 0 ? text.Turns.Select(turn => turn.Content) : [text.Text, text.Prompt, text.Response];
}
