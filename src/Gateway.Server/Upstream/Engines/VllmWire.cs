using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>What vLLM's scoring routes share.</summary>
internal static class VllmWire
{
    /// <summary>
    /// Asks for raw logits by every name that a version of vLLM obeys: <c>use_activation</c> from 0.11.1 on, <c>activation</c> and
    /// <c>softmax</c> before. Each ignores the others' names, and without one answers a sigmoid.
    /// </summary>
    public static void WriteRaw(this Utf8JsonWriter json)
    {
        json.WriteBoolean("use_activation", false);
        json.WriteBoolean("activation", false);
        json.WriteBoolean("softmax", false);
    }

    /// <summary>Texts as <c>input</c>, or one conversation as <c>messages</c>; the special tokens are in them, so none are added.</summary>
    public static void WriteInput(this Utf8JsonWriter json, IReadOnlyList<RemoteText> texts)
    {
        if (texts[0].Turns.Count > 0)
        {
            json.WriteMessages(texts[0].Turns);
            json.WriteBoolean("add_generation_prompt", false);
        }
        else
        {
            json.WriteTexts("input", texts.Select(text => text.Text));
        }

        json.WriteBoolean("add_special_tokens", false);
    }

    /// <summary>The reply's entries in the order of the texts.</summary>
    /// <exception cref="UnreadableReplyException">It has other entries, or another model gave them.</exception>
    public static JsonElement[] Entries(JsonElement reply, RemoteManifest model, int count)
    {
        // Not where the name is unknown: what a server calls its model is then its own affair.
        if (model.UpstreamModel is { } expected && reply.Optional("model", JsonValueKind.String)?.ValueEquals(expected) == false)
        {
            throw new UnreadableReplyException("another model than 'upstream_model' gave it; check what the destination serves");
        }

        return reply.Property("data", JsonValueKind.Array).ListByIndex(count);
    }

    /// <summary><c>POST /tokenize</c>; pairs are not counted, since the route joins no texts.</summary>
    public static UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => text.IsPair ? null : EngineJson.Post(model, "/tokenize", json =>
    {
        json.WriteModel(model);
        if (text.Turns.Count > 0)
        {
            json.WriteMessages(text.Turns);
            json.WriteBoolean("add_generation_prompt", false);
        }
        else
        {
            json.WriteString("prompt", text.Text.Span);
        }

        json.WriteBoolean("add_special_tokens", false);
    });

    /// <summary>The count in such a reply.</summary>
    public static int ReadCount(JsonElement reply) => reply.Property("count", JsonValueKind.Number).TryGetInt32(out var count)
        ? count
        : throw new UnreadableReplyException("its 'count' is no whole number");

    private static void WriteMessages(this Utf8JsonWriter json, IReadOnlyList<RemoteTurn> turns)
    {
        json.WriteStartArray("messages");
        foreach (var (role, content) in turns)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content.Span);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
