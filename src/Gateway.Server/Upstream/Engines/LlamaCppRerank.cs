using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// llama.cpp's <c>POST /v1/rerank</c> (started with <c>--reranking</c>): one prompt and responses in, <c>results[]</c> out with an index each, raw
/// logits, sorted by score in newer versions. -1e6 stands for a failure, with status 200. Its few HTTP threads each serve one connection until
/// that closes, so every call closes its own: kept ones would hold up the others for seconds.
/// </summary>
internal sealed class LlamaCppRerank : IUpstreamProtocol
{
    private static readonly KeyValuePair<string, string>[] Close = [KeyValuePair.Create("Connection", "close")];

    /// <inheritdoc/>
    public string Kind => "llamacpp-rerank";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new() { Engine = Engine.LlamaCpp, Forms = [RemoteForm.Pair], Keys = ["upstream_model"], OnePrompt = true };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/v1/rerank", json =>
    {
        json.WriteModel(model);
        json.WriteString("query", texts[0].Prompt.Span);
        json.WriteTexts("documents", texts.Select(text => text.Text));
        json.WriteNumber("top_n", texts.Count);
    }) with { Headers = Close };

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        EngineScore[] scores = [.. root.Property("results", JsonValueKind.Array).ListByIndex(texts.Count)
            .Select(entry => entry.ScoreOf("relevance_score"))];
        return scores.SharingTokens(root, texts);
    }
}
