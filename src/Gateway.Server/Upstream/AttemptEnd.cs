using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>What one attempt brought: a reply, or why there is none.</summary>
/// <param name="Reply">The reply; null where the attempt failed.</param>
/// <param name="Kind">Why it failed.</param>
/// <param name="Status">The status that says so; 0 where none arrived.</param>
/// <param name="RetryAfter">When the destination wants to be asked again.</param>
/// <param name="Sent">Whether the destination may have got a byte.</param>
internal readonly record struct AttemptEnd(UpstreamReply? Reply, FailureKind Kind, int Status, TimeSpan? RetryAfter, bool Sent)
{
    /// <summary>True for a status that is <see cref="FailureKind.Errored"/>; 501 and 505 speak of the call alone.</summary>
    public static bool IsError(int status) => status is 424 or (>= 500 and not (501 or 502 or 503 or 504 or 505));

    /// <summary>The kind of a failure before anything was sent.</summary>
    public static FailureKind Unsent(Exception? fault) =>
        fault is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? FailureKind.Untrusted : FailureKind.Connect;

    /// <summary>The error of a call that ended with this attempt.</summary>
    public GatewayException ToException(UpstreamDestination destination, int attempts)
    {
        var who = $"Destination {destination.Name} of cluster '{destination.Cluster}'";
        var tries = attempts == 1 ? "" : $" (attempt {attempts})";
        return (Kind, Status) switch
        {
            (FailureKind.Busy, _) => new(ErrorKind.Overloaded, $"{who} is busy{tries}: it answered {Status}.", retryAfter: RetryAfter ?? TimeSpan.FromSeconds(1)),
            (FailureKind.TimedOut, _) => new(ErrorKind.UpstreamTimedOut, $"{who} did not answer in time{tries}."),
            (_, 408 or 504) => new(ErrorKind.UpstreamTimedOut, $"{who} timed out{tries}: it answered {Status}."),
            (_, 503) => new(ErrorKind.NotReady, $"{who} is not ready{tries}: it answered 503.", retryAfter: RetryAfter ?? TimeSpan.FromSeconds(1)),
            (_, not 0) => new(ErrorKind.UpstreamFailed, $"{who} failed{tries}: it answered {Status}."),
            (FailureKind.Untrusted, _) => new(
                ErrorKind.UpstreamFailed, $"No TLS connection can be made to destination {destination.Name} of cluster '{destination.Cluster}'{tries}: look at its certificate."),
            (FailureKind.Connect, _) => new(ErrorKind.UpstreamFailed, $"{who} cannot be reached{tries}."),
            _ => new(ErrorKind.UpstreamFailed, $"{who} broke the connection before its reply was complete{tries}."),
        };
    }
}
