using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>SGLang's <c>POST /v1/embeddings</c> of a reward model, as verl calls it: texts in, <c>data[].embedding</c> out, raw logits.</summary>
internal sealed class SglangEmbeddings : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "sglang-embeddings";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = SglangWire.Traits("upstream_model", "labels", "label", "max_tokens");

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/v1/embeddings", texts, json =>
    {
        json.WriteString("model", model.UpstreamModel ?? "default");
        json.WriteTexts("input", texts.Select(text => text.Text));
        json.WriteString("encoding_format", "float");
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        EngineScore[] scores = [.. root.Property("data", JsonValueKind.Array).ListByIndex(texts.Count).Select(entry => entry.Property("embedding", JsonValueKind.Array).Logit(model))];
        return scores.SharingTokens(root, texts);
    }

    /// <inheritdoc/>
    public UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => SglangWire.WriteCount(model, text);

    /// <inheritdoc/>
    public int ReadCount(JsonElement reply) => VllmWire.ReadCount(reply);
}
