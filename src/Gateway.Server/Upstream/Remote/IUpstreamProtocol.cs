using System.Text.Json;

namespace Gateway.Server.Upstream.Remote;

/// <summary>
/// What one engine's wire looks like: bytes out, numbers in. Pure and without state; what a model's manifest says comes with every call, and
/// raw logits are asked for in so many words.
/// </summary>
internal interface IUpstreamProtocol
{
    /// <summary>The kind as a manifest names it.</summary>
    string Kind { get; }

    /// <summary>What the engine takes, and where its limits are.</summary>
    EngineTraits Traits { get; }

    /// <summary>The call that scores these texts, at most as many as the manifest's batch.</summary>
    UpstreamCall Write(RemoteManifest model, IReadOnlyList<RemoteText> texts);

    /// <summary>What the engine gave for each text, in their order.</summary>
    /// <exception cref="UnreadableReplyException">The reply cannot be read as the scores of these texts.</exception>
    EngineScore[] Read(RemoteManifest model, UpstreamReply reply, IReadOnlyList<RemoteText> texts);

    /// <summary>The call that counts a text's tokens; null where the engine has none.</summary>
    UpstreamCall? WriteCount(RemoteManifest model, RemoteText text) => null;

    /// <summary>The number of tokens in that call's reply.</summary>
    /// <exception cref="UnreadableReplyException">There is no such number.</exception>
    int ReadCount(JsonElement reply) => throw new UnreadableReplyException("it holds no count of tokens");
}
