using System.Globalization;
using System.Net;
using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>One attempt of a call on one destination.</summary>
internal sealed class UpstreamAttempt(UpstreamCall call, DestinationLease lease, TimeProvider clock)
{
    private const int FirstBuffer = 4096;
    private const int LargestFirstBuffer = 1024 * 1024;

    private readonly UpstreamContent? _content = call.Body.IsEmpty ? null : new UpstreamContent(call.Body, call.ContentType);

    /// <summary>Sends the call and reads the whole reply.</summary>
    /// <param name="attempts">Which attempt of the call this is.</param>
    /// <param name="left">How much time the call has left, as the destination is told; more than none.</param>
    /// <param name="cancellation">The call's end.</param>
    /// <exception cref="OperationCanceledException">The call's end came.</exception>
    /// <exception cref="GatewayException">The reply is longer than allowed.</exception>
    public async Task<AttemptEnd> RunAsync(int attempts, TimeSpan left, CancellationToken cancellation)
    {
        var most = lease.Options.AttemptTimeoutMs;
        if (most == 0)
        {
            return await SendAsync(attempts, left, cancellation);
        }

        using var timer = new CancellationTokenSource(TimeSpan.FromMilliseconds(most), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            return await SendAsync(attempts, left, either.Token);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return new AttemptEnd(null, FailureKind.TimedOut, 0, null, Sent: _content?.Started ?? true);
        }
    }

    private async Task<AttemptEnd> SendAsync(int attempts, TimeSpan left, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        using var request = Request(left);
        try
        {
            using var response = await lease.Client.SendAsync(request, cancellation);
            var status = (int)response.StatusCode;
            if (status is not (408 or 429 or 502 or 503 or 504))
            {
                if (!AttemptEnd.IsError(status))
                {
                    lease.Answers();
                }

                var body = await ReadAsync(response.Content, cancellation);
                return new AttemptEnd(
                    new UpstreamReply(response, body, lease.Destination.Name, attempts, clock.GetElapsedTime(started)), default, status, null, Sent: true);
            }

            var retryAfter = RetryAfter(response);
            // Who names a time is well and sheds load; who does not is not there.
            var kind = status == 429 || (status == 503 && retryAfter is not null) ? FailureKind.Busy : FailureKind.Unavailable;
            return new AttemptEnd(null, kind, status, retryAfter, Sent: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return NothingCame(e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            // The client's own limit for making a connection.
            return NothingCame(e);
        }
    }

    private AttemptEnd NothingCame(Exception e)
    {
        var unsent = _content is null
            ? e is OperationCanceledException or HttpRequestException
            {
                HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError
                    or HttpRequestError.ProxyTunnelError,
            }
            : !_content.Started;
        return new AttemptEnd(null, unsent ? AttemptEnd.Unsent(e) : FailureKind.Broken, 0, null, !unsent);
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var wanted = response.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - clock.GetUtcNow()) : null;
        return wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted;
    }

    private HttpRequestMessage Request(TimeSpan left)
    {
        var request = new HttpRequestMessage(call.Method, lease.Address + call.Path)
        {
            Version = lease.Request.Version ?? HttpVersion.Version20,
            VersionPolicy = lease.Request.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            Content = _content,
        };
        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.Remove("Authorization");
        if (lease.Authorization is { } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (lease.Options.DeadlineHeader is { Length: > 0 } deadline)
        {
            request.Headers.TryAddWithoutValidation(deadline, ((long)Math.Ceiling(left.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture));
        }

        if (lease.Host is { Length: > 0 } host)
        {
            request.Headers.Host = host;
        }

        return request;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var most = call.ReplyBytes < lease.Options.ReplyBytes ? call.ReplyBytes.Value : lease.Options.ReplyBytes;
        if (content.Headers.NonValidated.TryGetValues("Content-Length", out var lengths) && lengths.Count > 1)
        {
            throw new HttpIOException(HttpRequestError.InvalidResponse, "The reply names several lengths.");
        }

        if (content.Headers.ContentLength > most)
        {
            throw TooLong(most);
        }

        using var stream = await content.ReadAsStreamAsync(cancellation);
        var known = content.Headers.ContentLength;
        // What is announced is not believed beyond this: memory is taken as bytes come.
        var body = new byte[Math.Min(known ?? FirstBuffer, LargestFirstBuffer)];
        var length = 0;
        while (length != known)
        {
            if (length == body.Length)
            {
                // One byte more than the limit shows that it was passed.
                Array.Resize(ref body, (int)Math.Min(known ?? (most + 1L), length * 2L));
            }

            var read = await stream.ReadAsync(body.AsMemory(length), cancellation);
            length += read;
            if (length > most)
            {
                throw TooLong(most);
            }

            if (read == 0)
            {
                break;
            }
        }

        return body.AsMemory(0, length);
    }

    private GatewayException TooLong(int most) => new(
        ErrorKind.UpstreamFailed,
        $"The reply of {lease.Destination.Name} of cluster '{call.Cluster}' has more than {most} bytes; "
        + (most == call.ReplyBytes
            ? "the call takes no more."
            : $"raise {ClusterOptions.Section}:{call.Cluster}:ReplyBytes, or send less at a time."));
}
