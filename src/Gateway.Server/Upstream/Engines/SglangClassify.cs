using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// SGLang's native <c>POST /classify</c>: texts in, <c>embedding</c> out, always raw logits. Never <c>/v1/classify</c>, which answers the softmax
/// of one label, 1, for every text, and for its own errors too.
/// </summary>
internal sealed class SglangClassify : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "sglang-classify";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = SglangWire.Traits("labels", "label", "max_tokens");

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) =>
        EngineJson.Post(model, "/classify", texts, json => json.WriteTexts("text", texts.Select(text => text.Text)));

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        // One text may come back without a list around it.
        var entries = root.ValueKind == JsonValueKind.Object && texts.Count == 1 ? [root] : root.List(texts.Count);
        return [.. entries.Select(entry => entry.Property("embedding", JsonValueKind.Array).Logit(model)
            .Reading(entry.Optional("meta_info", JsonValueKind.Object)?.CountOf("prompt_tokens") ?? 0))];
    }

    /// <inheritdoc/>
    public UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => SglangWire.WriteCount(model, text);

    /// <inheritdoc/>
    public int ReadCount(JsonElement reply) => VllmWire.ReadCount(reply);
}
