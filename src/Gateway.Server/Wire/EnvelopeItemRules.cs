using FluentValidation;

namespace Gateway.Server.Wire;

/// <summary>What each item of a native request must be. Plain code, since a validator of each item's own would cost more than its score's key.</summary>
/// <param name="mostMessages">The most turns of one conversation.</param>
internal sealed class EnvelopeItemRules(int mostMessages)
{
    private const int LongestId = 256;
    private const string NoResponse = "a response is a text, {\"text\": …} or {\"steps\": […]}";

    /// <summary>Checks the items of the long form.</summary>
    public void CheckItems(ScoreEnvelope envelope, ValidationContext<ScoreEnvelope> context)
    {
        for (var i = 0; i < envelope.Items?.Count; i++)
        {
            if (envelope.Items[i] is not { } item)
            {
                context.AddFailure($"items[{i}]", "null is not an item");
                continue;
            }

            CheckPrompt(item, i, context);
            CheckResponses(item, i, context);
        }
    }

    /// <summary>Checks the prompt and the response of the short form.</summary>
    public void CheckShort(ScoreEnvelope envelope, ValidationContext<ScoreEnvelope> context)
    {
        if (envelope.IsShort)
        {
            CheckPrompt(envelope, null, context);
            if (envelope.Response is { HasSteps: false, Text: null })
            {
                Fail(context, null, "response", NoResponse);
            }
        }
    }

    /// <summary>Checks that no two items have the same id.</summary>
    public static void CheckIds(ScoreEnvelope envelope, ValidationContext<ScoreEnvelope> context)
    {
        Dictionary<string, int>? seen = null;
        for (var i = 0; i < envelope.Items?.Count; i++)
        {
            if (envelope.Items[i]?.Id is { } id && !(seen ??= new(StringComparer.Ordinal)).TryAdd(id, i))
            {
                Fail(context, i, "id", $"it repeats the id of items[{seen[id]}]; ids are unique in a request");
            }
        }
    }

    /// <summary>Checks an item's id, and its prompt or messages.</summary>
    public void CheckPrompt(EnvelopeItem item, int? index, ValidationContext<ScoreEnvelope> context)
    {
        if (item.Id?.Length > LongestId)
        {
            Fail(context, index, "id", $"it is longer than {LongestId} characters");
        }

        if (item.Prompt is null == item.Messages is null)
        {
            Fail(context, index, "prompt", "send either prompt or messages");
        }

        if (item.Prompt is { Content.IsEmpty: true })
        {
            Fail(context, index, "prompt", "it is empty; send the text that was answered");
        }

        if (item.Messages is not { } messages)
        {
            return;
        }

        if (messages.Count == 0 || messages.Count > mostMessages)
        {
            Fail(context, index, "messages", $"send 1 to {mostMessages} messages (Gateway:Limits:MessagesPerItem)");
            return;
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is not { Role: { Length: > 0 and <= WireMessage.LongestRole } })
            {
                Fail(context, index, $"messages[{i}]", $"a message needs a role of 1 to {WireMessage.LongestRole} characters");
            }
        }

        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i] is { Content: null })
            {
                Fail(context, index, $"messages[{i}]", "a message needs a content, text or text parts");
            }
        }
    }

    private static void CheckResponses(EnvelopeItem item, int index, ValidationContext<ScoreEnvelope> context)
    {
        if (item.Responses is not { Length: > 0 })
        {
            Fail(context, index, "responses", "send at least one response");
            return;
        }

        for (var i = 0; i < item.Odd?.Length; i++)
        {
            if (item.Odd[i] is null or { HasSteps: false, Text: null })
            {
                Fail(context, index, $"responses[{i}]", NoResponse);
            }
        }
    }

    /// <summary>Says what is wrong with a field of an item, or of the short form where there is no index.</summary>
    public static void Fail(ValidationContext<ScoreEnvelope> context, int? index, string field, string message) =>
        context.AddFailure(index is { } i ? $"items[{i}].{field}" : field, message);
}
