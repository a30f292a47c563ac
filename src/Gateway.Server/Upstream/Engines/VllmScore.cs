using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>vLLM's <c>POST /score</c>: pairs of prompt and response in, <c>data[].score</c> out. For cross-encoders with one label.</summary>
internal sealed class VllmScore : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "vllm-score";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new() { Engine = Engine.Vllm, Forms = [RemoteForm.Pair], Keys = ["upstream_model"] };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/score", json =>
    {
        json.WriteModel(model);
        // The oldest of the route's pairs of names, which every version reads.
        json.WriteTexts("text_1", texts.Select(text => text.Prompt));
        json.WriteTexts("text_2", texts.Select(text => text.Text));
        json.WriteRaw();
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts)
    {
        var root = EngineJson.Parse(reply.Body);
        EngineScore[] scores = [.. VllmWire.Entries(root, model, texts.Count).Select(entry => entry.ScoreOf("score"))];
        return scores.SharingTokens(root, texts);
    }
}
