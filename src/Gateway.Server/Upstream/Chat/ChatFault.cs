using System.Globalization;
using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Chat;

/// <summary>An engine's error in place of a reply, by its status or in a body of status 200, as the one exception type.</summary>
internal static class ChatFault
{
    private const int ServerError = 500;

    private static readonly string[] FilterCodes = ["content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation", "invalid_prompt"];

    /// <summary>What a reply that is no success means.</summary>
    public static GatewayException Of(UpstreamReply reply, ChatSettings settings, IReadOnlyList<RemoteTurn> turns)
    {
        try
        {
            using var body = JsonDocument.Parse(reply.Body);
            return Of(reply, reply.Status, body.RootElement, settings, turns);
        }
        catch (JsonException)
        {
            return Of(reply, reply.Status, default, settings, turns);
        }
    }

    /// <summary>What a success means whose body is an error.</summary>
    public static GatewayException OfBody(UpstreamReply reply, JsonElement root, ChatSettings settings, IReadOnlyList<RemoteTurn> turns)
    {
        var said = StatusIn(Inner(root)) ?? StatusIn(root) ?? ServerError;
        return Of(reply, said, root, settings, turns);
    }

    private static GatewayException Of(UpstreamReply reply, int status, JsonElement root, ChatSettings settings, IReadOnlyList<RemoteTurn> turns)
    {
        // By fields and not by words: an engine may quote the text, and the text may say anything.
        if (IsFilter(root, depth: 0))
        {
            return new GatewayException(
                ErrorKind.JudgeRefused, $"The content filter of {reply.Destination} of cluster '{settings.Cluster}' refuses this text (status {status}); it will again.");
        }

        var failure = EngineFault.Of(reply, status, settings.Cluster, [new RemoteText { Turns = turns }]).Failure;
        return new GatewayException(failure.Kind, failure.Message, retryAfter: failure.Kind.Traits().Retryable ? TimeSpan.FromSeconds(1) : null);
    }

    private static JsonElement Inner(JsonElement root) => root.Optional("error", JsonValueKind.Object) ?? default;

    private static int? StatusIn(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object || !error.TryGetProperty("code", out var code))
        {
            return null;
        }

        var status = 0;
        var isNumber = code.ValueKind == JsonValueKind.Number
            ? code.TryGetInt32(out status)
            : code.ValueKind == JsonValueKind.String && int.TryParse(code.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out status);
        return isNumber && status is >= 400 and <= 599 ? status : null;
    }

    private static bool IsFilter(JsonElement error, int depth) => error.ValueKind == JsonValueKind.Object && depth < 3
        && (Is(error, "code") || Is(error, "type")
            || ((string[])["error", "innererror"]).Any(name => error.TryGetProperty(name, out var inner) && IsFilter(inner, depth + 1)));

    private static bool Is(JsonElement error, string name) =>
        error.Optional(name, JsonValueKind.String) is { } code && FilterCodes.Any(known => code.ValueEquals(known));
}
