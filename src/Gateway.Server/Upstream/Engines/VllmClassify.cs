using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>vLLM's <c>POST /classify</c>: texts or one conversation in, <c>data[].probs</c> out, which are logits where raw ones were asked for.</summary>
internal sealed class VllmClassify : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "vllm-classify";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new()
    {
        Engine = Engine.Vllm,
        Forms = [RemoteForm.Text, RemoteForm.Messages],
        Keys = ["upstream_model", "labels", "label", "max_tokens"],
    };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/classify", texts, json =>
    {
        json.WriteModel(model);
        json.WriteInput(texts);
        json.WriteRaw();
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        EngineScore[] scores = [.. VllmWire.Entries(root, model, texts.Count).Select(entry => Score(model, entry))];
        return scores.SharingTokens(root, texts);
    }

    /// <inheritdoc/>
    public UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => VllmWire.WriteCount(model, text);

    /// <inheritdoc/>
    public int ReadCount(JsonElement reply) => VllmWire.ReadCount(reply);

    private static EngineScore Score(RemoteManifest model, JsonElement entry) =>
        model.Labels.Count > 1 && entry.Property("label", JsonValueKind.String).GetString() is var label && !model.Labels.Contains(label, StringComparer.Ordinal)
            ? EngineScore.Failed(ErrorKind.UpstreamFailed, "the engine names a label that the manifest does not; let 'labels' name them all, in the engine's order")
            : entry.Property("probs", JsonValueKind.Array).Logit(model);
}
