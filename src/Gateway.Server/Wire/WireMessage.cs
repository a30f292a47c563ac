using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A message as OpenAI-like clients send it; tool calls, names and other fields are ignored on compatibility routes.</summary>
internal sealed record WireMessage
{
    public string? Role { get; init; }

    [JsonConverter(typeof(MessageContentConverter))]
    public MessageContent? Content { get; init; }

    /// <summary>The messages in the gateway's words; a null content, as assistant turns of tool calls have, is empty.</summary>
    /// <exception cref="GatewayException">A message is null or has no role.</exception>
    public static IReadOnlyList<Message> ToCore(IReadOnlyList<WireMessage?> messages, string path) => [.. messages.Select((message, i) =>
        new Message(
            message?.Role is { Length: > 0 } role
                ? role
                : throw new GatewayException(ErrorKind.InvalidRequest, $"{path}[{i}].role: it is missing; send who speaks, such as user."),
            message.Content?.Text ?? default))];
}
