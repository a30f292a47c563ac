namespace Gateway.Core.Scoring;

/// <summary>How one request wants to be scored.</summary>
/// <param name="Patience">How long this client waits before it gives up; the deadline of the request.</param>
/// <param name="Cache">Whether stored scores may answer.</param>
/// <param name="Hardening">The hardening policy it asks for; null is the model's own.</param>
/// <param name="IsLocal">True where the client is on this machine.</param>
public sealed record ScoreOptions(TimeSpan Patience, CacheUse Cache = CacheUse.Use, string? Hardening = null, bool IsLocal = false);

/// <summary>Whether stored scores may answer a request.</summary>
public enum CacheUse
{
    /// <summary>Stored scores answer, fresh ones are stored.</summary>
    Use,

    /// <summary>Everything is scored afresh and stored.</summary>
    Refresh,

    /// <summary>Nothing is looked up and nothing stored.</summary>
    Off,

    /// <summary>Only stored scores answer; anything else fails with <see cref="ErrorKind.NotCached"/>.</summary>
    Only,
}
