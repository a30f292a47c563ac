using System.Text.Json;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>
/// OpenRLHF's <c>POST /get_reward</c>: templated texts in, <c>rewards</c> out. Its own server cuts the end of long text without a word and
/// counts no tokens, so the manifest must say how many bytes always fit.
/// </summary>
internal sealed class OpenRlhf : IUpstreamProtocol
{
    /// <inheritdoc/>
    public string Kind => "openrlhf";

    /// <inheritdoc/>
    public EngineTraits Traits { get; } = new()
    {
        Engine = Engine.OpenRlhf,
        Forms = [RemoteForm.Text],
        Keys = ["max_bytes"],
        CutsSilently = true,
    };

    /// <inheritdoc/>
    public UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts) => EngineJson.Post(model, "/get_reward", json =>
    {
        json.WriteTexts("query", texts.Select(text => text.Text));
        json.WriteTexts("prompts", texts.Select(text => text.Prompt));
        json.WriteStartArray("labels");
        foreach (var _ in texts)
        {
            json.WriteNullValue();
        }

        json.WriteEndArray();
    });

    /// <inheritdoc/>
    public EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts) =>
        [.. EngineJson.Parse(reply.Body).Property("rewards", JsonValueKind.Array).List(texts.Count).Select(reward => reward.Logit())];
}
