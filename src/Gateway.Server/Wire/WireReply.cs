using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A whole reply as one dialect writes it.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="ContentType">The body's type.</param>
/// <param name="Body">The body.</param>
internal sealed record WireReply(int Status, string ContentType, byte[] Body)
{
    /// <summary>How replies are written: without HTML's escapes, since they are read by programs and by people at a terminal.</summary>
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>An error that is a JSON object.</summary>
    public static WireReply Json(int status, Action<Utf8JsonWriter> writeFields)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            writeFields(writer);
            writer.WriteEndObject();
        }

        return new WireReply(status, "application/json", buffer.ToArray());
    }

    /// <summary>An error for trainers that only look at the status, and for people who read their logs.</summary>
    public static WireReply TrainerError(GatewayException e) => Json(TrainerStatus(e.Kind), json =>
    {
        json.WriteString("error", e.Message);
        json.WriteString("kind", e.Kind.Traits().Name);
    });

    /// <summary>An error as FastAPI's servers write it.</summary>
    public static WireReply Detail(GatewayException e) => Json(TrainerStatus(e.Kind), json => json.WriteString("detail", e.Message));

    /// <summary>
    /// The status on routes whose clients retry every 5xx: permanent trouble is 4xx, so that nobody waits through sixteen tries, and transient
    /// trouble 503, since a 429 kills some trainers.
    /// </summary>
    public static int TrainerStatus(ErrorKind kind)
    {
        var traits = kind.Traits();
        return traits.Retryable ? 503 : traits.Status < 500 ? traits.Status : 422;
    }
}
