using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A message as OpenAI-like clients send it; tool calls, names and other fields are ignored on compatibility routes.</summary>
internal sealed record WireMessage
{
    /// <summary>The longest role, in characters.</summary>
    public const int LongestRole = 64;

    public string? Role { get; init; }

    [JsonConverter(typeof(MessageContentConverter))]
    public MessageContent? Content { get; init; }

    /// <summary>The messages in the gateway's words; a null content, as assistant turns of tool calls have, is empty.</summary>
    /// <exception cref="GatewayException">There are more than <paramref name="most"/>, or one is null or has no role of a sensible length.</exception>
    public static IReadOnlyList<Message> ToCore(IReadOnlyList<WireMessage?> messages, string path, int most)
    {
        if (messages.Count > most)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, $"{path}: {messages.Count} messages; at most {most} (Gateway:Limits:MessagesPerItem).");
        }

        return [.. messages.Select((message, i) => new Message(
            message?.Role is { Length: > 0 and <= LongestRole } role
                ? role
                : throw new GatewayException(
                    ErrorKind.InvalidRequest, $"{path}[{i}].role: send who speaks, such as user, in 1 to {LongestRole} characters."),
            message.Content?.Text ?? default))];
    }

    /// <summary>The conversation whose last turn, the assistant's, is judged.</summary>
    /// <exception cref="GatewayException">The last turn is another's.</exception>
    public static ItemBody.Conversation Judged(IReadOnlyList<Message> messages, string path) => messages is [.., { Role: Message.Assistant, Content: var judged }]
        ? new ItemBody.Conversation([.. messages.SkipLast(1)], [judged])
        : throw JsonFault.At(path, "the last one must have the role assistant; it is what is scored.");
}
