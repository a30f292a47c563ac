namespace Gateway.Core.Scoring;

/// <summary>How one request wants to be scored.</summary>
/// <param name="Patience">How long this client waits before it gives up; the deadline of the request.</param>
/// <param name="Cache">Whether stored scores may answer.</param>
/// <param name="Hardening">The hardening policy it asks for; null is the model's own.</param>
/// <param name="IsLocal">True where the client is on this machine.</param>
/// <param name="Pairing">Which responses a pairwise model compares.</param>
/// <param name="Party">Of what larger request it is a part, so that turns go round among those; null where it is one by itself.</param>
/// <param name="Controls">Whether responses are held against control answers; null as the model's settings say.</param>
public sealed record ScoreOptions(
    TimeSpan Patience, CacheUse Cache = CacheUse.Use, string? Hardening = null, bool IsLocal = false, Pairing Pairing = Pairing.Default, string? Party = null,
    bool? Controls = null);

/// <summary>Which responses of an item a pairwise model compares.</summary>
public enum Pairing
{
    /// <summary>Every two up to 8 responses, beyond that each with the next.</summary>
    Default,

    /// <summary>Every two.</summary>
    All,

    /// <summary>Each with the next, the last with the first.</summary>
    Circular,
}

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
