using System.ComponentModel.DataAnnotations;

namespace Gateway.Server.Proxy;

/// <summary>What passes through to a cluster and how; the section <c>Gateway:Clusters:&lt;name&gt;:PassThrough</c>.</summary>
public sealed class PassThroughOptions
{
    /// <summary>Whether requests that name the cluster pass through to it.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Other names that a request's <c>model</c> may give; the cluster's own is one anyway.</summary>
    public string[] Models { get; set; } = [];

    /// <summary>What the destinations call the model, written in the place of the request's <c>model</c>. Empty: it stays as it is.</summary>
    public string? SendAs { get; set; }

    /// <summary>Fields that are written in the words of the cluster's servers, which would ignore the others in silence.</summary>
    public Translation[] Translations { get; set; } = [];

    /// <summary>Whether the client's <c>Authorization</c>, <c>X-Api-Key</c>, <c>Api-Key</c> and <c>Cookie</c> are sent on, and <c>Set-Cookie</c> comes back.</summary>
    public bool ForwardCredentials { get; set; }

    /// <summary>Milliseconds without a byte of the reply, once it began, after which it is given up.</summary>
    [Range(1, 86_400_000)]
    public int ActivityTimeoutMs { get; set; } = 120_000;
}
