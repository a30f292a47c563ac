using System.Text;
using System.Text.Json;
using Gateway.Server.Upstream.Remote;
using Microsoft.Extensions.AI;

namespace Gateway.Server.Upstream.Chat;

/// <summary>Reads the reply of <c>POST /v1/chat/completions</c>, its first choice, as the engines write it.</summary>
internal static class ChatReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>A reply's JSON, an error or not.</summary>
    /// <exception cref="UnreadableReplyException">It is none, or names a field twice.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> body) => EngineJson.ParseAny(body, Strict);

    /// <summary>The reply with its <see cref="ChatFacts"/>; those of the call are not in them yet.</summary>
    /// <exception cref="UnreadableReplyException">It is not what the wire says.</exception>
    public static ChatResponse Read(JsonElement root)
    {
        var choices = root.Property("choices", JsonValueKind.Array);
        if (choices.GetArrayLength() == 0)
        {
            throw new UnreadableReplyException("its 'choices' are empty");
        }

        var choice = choices[0];
        var message = choice.Property("message", JsonValueKind.Object);
        var finish = Finish(choice);
        var said = new Said();
        said.Take(message);
        var logprobs = LogprobReader.Read(choice);
        var contents = new List<AIContent>();
        if (said.Reasoning is { } reasoning)
        {
            contents.Add(new TextReasoningContent(reasoning));
        }

        contents.Add(new TextContent(said.Text));
        return new ChatFacts
        {
            Reasoning = said.Reasoning,
            Refusal = string.IsNullOrWhiteSpace(said.Text) ? said.Refusal : null,
            Logprobs = logprobs,
            HitLimit = finish == ChatFinishReason.Length,
            Filtered = finish == ChatFinishReason.ContentFilter,
            IsEmpty = string.IsNullOrWhiteSpace(said.Text) && said.Reasoning is null && logprobs.Count == 0,
        }.In(new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            FinishReason = finish,
            Usage = Usage(root),
            ModelId = root.Optional("model", JsonValueKind.String)?.GetString(),
            ResponseId = root.Optional("id", JsonValueKind.String)?.GetString(),
        });
    }

    private static ChatFinishReason? Finish(JsonElement choice) => choice.Optional("finish_reason", JsonValueKind.String)?.GetString() switch
    {
        null => null,
        "stop" or "eos_token" or "stop_sequence" => ChatFinishReason.Stop,
        "length" => ChatFinishReason.Length,
        "content_filter" => ChatFinishReason.ContentFilter,
        "abort" or "error" or "cancelled" => throw new UnreadableReplyException("the engine broke off while it wrote"),
        { Length: > 0 } other => new ChatFinishReason(other),
        _ => null,
    };

    private static UsageDetails? Usage(JsonElement root) => root.Optional("usage", JsonValueKind.Object) is not { } usage ? null : new UsageDetails
    {
        InputTokenCount = Count(usage, "prompt_tokens"),
        OutputTokenCount = Count(usage, "completion_tokens"),
        TotalTokenCount = Count(usage, "total_tokens"),
        CachedInputTokenCount = Count(usage.Optional("prompt_tokens_details", JsonValueKind.Object), "cached_tokens"),
        ReasoningTokenCount = Count(usage.Optional("completion_tokens_details", JsonValueKind.Object), "reasoning_tokens"),
    };

    private static long? Count(JsonElement? usage, string name) =>
        usage?.Optional(name, JsonValueKind.Number) is { } value && value.TryGetInt32(out var count) && count >= 0 ? count : null;

    // What a message says, in whatever fields and parts it says it.
    private sealed class Said
    {
        private readonly StringBuilder _text = new();
        private readonly StringBuilder _reasoning = new();
        private readonly StringBuilder _refusal = new();

        public string Text => _text.ToString();

        public string? Reasoning => NullIfBlank(_reasoning);

        public string? Refusal => NullIfBlank(_refusal);

        public void Take(JsonElement message)
        {
            if (message.TryGetProperty("content", out var content))
            {
                TakeContent(content);
            }

            foreach (var name in (string[])["reasoning_content", "reasoning"])
            {
                // Some write both, with the same words.
                if (_reasoning.Length == 0 && message.Optional(name, JsonValueKind.String) is { } reasoning)
                {
                    _reasoning.Append(reasoning.GetString());
                }
            }

            if (message.Optional("refusal", JsonValueKind.String) is { } refusal)
            {
                _refusal.Append(refusal.GetString());
            }
        }

        private void TakeContent(JsonElement content)
        {
            switch (content.ValueKind)
            {
                case JsonValueKind.Null:
                    break;
                case JsonValueKind.String:
                    _text.Append(content.GetString());
                    break;
                case JsonValueKind.Array:
                    foreach (var part in content.EnumerateArray())
                    {
                        TakePart(part);
                    }

                    break;
                default:
                    throw new UnreadableReplyException("its 'content' is neither text nor a list of parts");
            }
        }

        private void TakePart(JsonElement part)
        {
            var type = part.Property("type", JsonValueKind.String).GetString();
            var (field, to) = type switch
            {
                "text" or "output_text" => ("text", _text),
                "refusal" => ("refusal", _refusal),
                "thinking" => ("thinking", _reasoning),
                "reasoning" => ("text", _reasoning),
                _ => throw new UnreadableReplyException("its 'content' has a part that is no text"),
            };
            if (part.Optional(field, JsonValueKind.Array) is { } inner)
            {
                foreach (var piece in inner.EnumerateArray())
                {
                    to.Append(piece.Property("text", JsonValueKind.String).GetString());
                }
            }
            else
            {
                to.Append(part.Property(field, JsonValueKind.String).GetString());
            }
        }

        private static string? NullIfBlank(StringBuilder text) => text.ToString() is var all && string.IsNullOrWhiteSpace(all) ? null : all;
    }
}
