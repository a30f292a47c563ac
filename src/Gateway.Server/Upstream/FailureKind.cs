namespace Gateway.Server.Upstream;

/// <summary>Why an attempt on a destination brought no answer.</summary>
internal enum FailureKind
{
    /// <summary>No connection; nothing was sent.</summary>
    Connect,

    /// <summary>The connection broke after something was sent: reset, or a reply cut off.</summary>
    Broken,

    /// <summary>No answer in the attempt's time.</summary>
    TimedOut,

    /// <summary>408, 502, 503 or 504.</summary>
    Unavailable,

    /// <summary>429: it is well, and has too much to do.</summary>
    Busy,

    /// <summary>It answered with what cannot be used, such as a reply over the limit; nothing against its health.</summary>
    Refused,

    /// <summary>424 or a status from 500 on that is not <see cref="Unavailable"/>'s: the input's fault or its own, which only their share tells.</summary>
    Errored,

    /// <summary>No TLS connection: another certificate, authority, name or version than is trusted; nothing was sent.</summary>
    Untrusted,
}
