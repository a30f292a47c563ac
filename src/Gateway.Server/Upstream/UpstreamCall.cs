using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>One call to a cluster: everything that is sent, and until when its caller waits.</summary>
internal sealed record UpstreamCall
{
    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>Path and query below the destination's address, such as <c>/classify</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The method.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>The body, owned by the caller until the reply is there; sent once per attempt. Empty: none is sent.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>What the call shares with others, so that they meet on the destination that holds it already.</summary>
    public PromptPrefix Prefix { get; init; }

    /// <summary>Further request headers. <c>Authorization</c> is the cluster's and is not taken from here.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>
    /// Until when the caller waits, all attempts together: destinations are told, and what would come later is not tried. Null leaves it to the cluster's
    /// <c>TimeoutMs</c>, which bounds it anyway. An attempt under way ends with the caller's token and not with this, since others may join the wait.
    /// </summary>
    public Deadline? Deadline { get; init; }

    /// <summary>The most bytes of the reply; null leaves it to the cluster's <c>ReplyBytes</c>, which bounds it anyway.</summary>
    public int? ReplyBytes { get; init; }
}
