using System.Text;
using Gateway.Server.Upstream.Remote;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream.Chat;

/// <summary>Messages as bytes: well-formed UTF-8 whatever the strings hold, half a surrogate pair being U+FFFD.</summary>
internal static class ChatTurns
{
    /// <summary>The turns of a call, its instructions first.</summary>
    /// <exception cref="NotSupportedException">A message or an option is not text.</exception>
    public static IReadOnlyList<RemoteTurn> Of(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        if (options is { Tools.Count: > 0 } or { ConversationId: not null })
        {
            throw new NotSupportedException("Tools and kept conversations are not sent; a judge gets its whole prompt as messages.");
        }

        var turns = new List<RemoteTurn>();
        if (options?.Instructions is { Length: > 0 } instructions)
        {
            turns.Add(new RemoteTurn(ChatRole.System.Value, Encoding.UTF8.GetBytes(instructions)));
        }

        turns.AddRange(messages.Select(message => message.Contents.All(part => part is TextContent)
            ? new RemoteTurn(message.Role.Value, Encoding.UTF8.GetBytes(message.Text))
            : throw new NotSupportedException("Only text is sent; leave other content, reasoning included, out.")));
        return turns;
    }
}
