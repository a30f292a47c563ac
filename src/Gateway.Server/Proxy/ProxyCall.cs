using System.Globalization;
using System.Net;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Proxy;

/// <summary>One request on its way to a cluster and its reply back, on another destination where one fails before the reply began.</summary>
internal sealed class ProxyCall(HttpContext http, UpstreamCluster cluster, HeldBody body, ProxyLane lane)
{
    private const int FlushAt = 64 * 1024;

    private readonly List<UpstreamDestination> _tried = [];
    private readonly PassThroughOptions _options = cluster.Options.PassThrough;
    private int _sent;

    /// <summary>Forwards the request and relays the reply.</summary>
    /// <param name="path">The route's path on the destination.</param>
    /// <param name="prefix">What the call shares with others.</param>
    /// <param name="started">When the request arrived.</param>
    /// <exception cref="GatewayException">There was no reply.</exception>
    public async Task RunAsync(string path, PromptPrefix prefix, long started)
    {
        using var timer = new CallTimer(TimeSpan.FromMilliseconds(cluster.Options.TimeoutMs), lane.Clock, http.RequestAborted);
        while (true)
        {
            using var lease = await LeaseAsync(prefix, timer);
            using var request = Request(lease, path, out var content);
            var sent = lane.Clock.GetTimestamp();
            HttpResponseMessage? reply = null;
            try
            {
                reply = await lease.Client.SendAsync(request, timer.Token);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                Fail(lease, content, timer, e);
                continue;
            }

            using (reply)
            {
                if (Judge(lease, reply))
                {
                    continue;
                }

                await RelayAsync(lease, reply, timer, Timings(started, sent));
                return;
            }
        }
    }

    private async ValueTask<DestinationLease> LeaseAsync(PromptPrefix prefix, CallTimer timer)
    {
        try
        {
            return await lane.Pool.LeaseAsync(cluster.Name, prefix, _tried, timer.Token);
        }
        catch (OperationCanceledException) when (timer.TimeIsUp)
        {
            throw TimedOut();
        }
    }

    private HttpRequestMessage Request(DestinationLease lease, string path, out ReplayContent content)
    {
        content = new ReplayContent(body, http.Request);
        var request = new HttpRequestMessage(HttpMethod.Post, lane.Uris.Of(lease.Address, path, http.Request.QueryString.Value ?? ""))
        {
            Version = lease.Request.Version ?? HttpVersion.Version20,
            VersionPolicy = lease.Request.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            Content = content,
        };
        ProxyHeaders.Copy(http.Request, request, _options.ForwardCredentials);
        if (lease.Authorization is { } authorization)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (lease.State.Model.Config.Host is { Length: > 0 } host)
        {
            request.Headers.Host = host;
        }

        return request;
    }

    /// <summary>Notes why an attempt brought no reply; returns where another may be made.</summary>
    private void Fail(DestinationLease lease, ReplayContent content, CallTimer timer, Exception fault)
    {
        http.RequestAborted.ThrowIfCancellationRequested();
        if (content.ClientFault is { } client)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(client);
        }

        if (timer.TimeIsUp)
        {
            lease.Failed(FailureKind.TimedOut);
            throw TimedOut();
        }

        var kind = !content.Started && fault is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError }
            ? FailureKind.Connect
            : FailureKind.Broken;
        lease.Failed(kind);
        if (!MayRetry(lease, kind, content.Started))
        {
            throw new GatewayException(
                ErrorKind.UpstreamFailed,
                $"Destination {lease.Destination.Name} of cluster '{cluster.Name}' {(kind == FailureKind.Connect ? "could not be reached" : "broke off before it answered")}; try again.");
        }
    }

    /// <summary>Notes what a reply's status says of the destination; true where another is to be asked.</summary>
    private bool Judge(DestinationLease lease, HttpResponseMessage reply)
    {
        var kind = reply.StatusCode switch
        {
            HttpStatusCode.TooManyRequests => FailureKind.Busy,
            HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => FailureKind.Unavailable,
            _ => (FailureKind?)null,
        };
        if (kind is null)
        {
            return false;
        }

        lease.Failed(kind.Value, RetryAfter(reply));
        var refused = reply.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable;
        return MayRetry(lease, kind.Value, started: !refused);
    }

    private bool MayRetry(DestinationLease lease, FailureKind kind, bool started)
    {
        if (kind == FailureKind.Connect)
        {
            _tried.Add(lease.Destination);
            return _tried.Count < cluster.Destinations.Count;
        }

        if (!body.Whole || (lease.Options.Billed && started) || ++_sent > lease.Options.Retries)
        {
            return false;
        }

        _tried.Add(lease.Destination);
        return true;
    }

    private async Task RelayAsync(DestinationLease lease, HttpResponseMessage reply, CallTimer timer, string timings)
    {
        http.Response.StatusCode = (int)reply.StatusCode;
        ProxyHeaders.Copy(reply, http.Response, _options.ForwardCredentials);
        http.Response.Headers.Append("Server-Timing", timings);
        try
        {
            await RelayBodyAsync(reply, timer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            if (!http.RequestAborted.IsCancellationRequested)
            {
                lease.Failed(timer.TimeIsUp ? FailureKind.TimedOut : FailureKind.Broken);
                lane.LogCut(lease.Destination.Name, cluster.Name, http.Request.Path);
            }

            // The client must not take a part for the whole.
            http.Abort();
            return;
        }

        ProxyHeaders.CopyTrailers(reply, http.Response);
        lease.Succeeded();
    }

    private async Task RelayBodyAsync(HttpResponseMessage reply, CallTimer timer)
    {
        var activity = TimeSpan.FromMilliseconds(_options.ActivityTimeoutMs);
        timer.Restart(activity);
        await http.Response.StartAsync(timer.Token);
        using var stream = await reply.Content.ReadAsStreamAsync(timer.Token);
        var writer = http.Response.BodyWriter;
        long unflushed = 0;
        while (true)
        {
            // Waits without a buffer; whatever is there already goes out first, so that an event does not wait for the next.
            var more = stream.ReadAsync(Memory<byte>.Empty, timer.Token);
            if (!more.IsCompletedSuccessfully)
            {
                await writer.FlushAsync(timer.Token);
                unflushed = 0;
            }

            await more;
            var read = await stream.ReadAsync(writer.GetMemory(), timer.Token);
            if (read == 0)
            {
                return;
            }

            writer.Advance(read);
            unflushed += read;
            if (unflushed >= FlushAt)
            {
                await writer.FlushAsync(timer.Token);
                unflushed = 0;
            }

            timer.Restart(activity);
        }
    }

    private string Timings(long started, long sent)
    {
        var now = lane.Clock.GetTimestamp();
        var upstream = lane.Clock.GetElapsedTime(sent, now).TotalMilliseconds;
        return string.Create(CultureInfo.InvariantCulture, $"gateway;dur={lane.Clock.GetElapsedTime(started, sent).TotalMilliseconds:0.###}, upstream;dur={upstream:0.###}");
    }

    private TimeSpan? RetryAfter(HttpResponseMessage reply) => reply.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - lane.Clock.GetUtcNow(),
        _ => null,
    };

    private GatewayException TimedOut() => new(
        ErrorKind.UpstreamTimedOut,
        $"Cluster '{cluster.Name}' did not begin to answer within {cluster.Options.TimeoutMs} ms ({ClusterOptions.Section}:{cluster.Name}:TimeoutMs).");
}
