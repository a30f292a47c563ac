using System.Globalization;
using System.Net;
using System.Runtime.ExceptionServices;
using Gateway.Core.Scoring;
using Gateway.Server.Telemetry;
using Gateway.Server.Upstream;

namespace Gateway.Server.Proxy;

/// <summary>One request on its way to a cluster: on another destination where one fails before its reply began, as the pool's rule allows.</summary>
internal sealed class ProxyCall(HttpContext http, UpstreamCluster cluster, HeldBody body, ProxyLane lane)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ClusterOptions _options = cluster.Options;
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(cluster.Options.TimeoutMs);
    private List<UpstreamDestination>? _tried;
    private long _begun;
    private int _attempts;
    private int _retries;

    private TimeSpan Left => _patience - lane.Clock.GetElapsedTime(_begun);

    /// <summary>Forwards the request and relays the reply.</summary>
    /// <param name="path">The route's path on the destination.</param>
    /// <param name="prefix">What the call shares with others.</param>
    /// <param name="arrived">When the request arrived.</param>
    /// <param name="first">The timer of the first attempt.</param>
    /// <exception cref="GatewayException">There was no reply.</exception>
    public async Task RunAsync(string path, PromptPrefix prefix, long arrived, CallTimer first)
    {
        _begun = lane.Clock.GetTimestamp();
        cluster.Budget.Count();
        var since = _begun;
        while (true)
        {
            // A timer that went off is of no further use.
            using var again = _attempts == 0 ? null : new CallTimer(Left > TimeSpan.Zero ? Left : throw TimedOut(), lane.Clock, http.RequestAborted);
            var timer = again ?? first;
            if (again is null)
            {
                timer.Restart(_patience);
            }

            using var lease = await LeaseAsync(new PlaceWanted(prefix, (IReadOnlyList<UpstreamDestination>?)_tried ?? [], since), timer);
            var content = new ReplayContent(body, http.Request);
            using var request = Request(lease, path, content);
            var sent = lane.Clock.GetTimestamp();
            AttemptEnd end;
            try
            {
                using var reply = await SendAsync(lease, request, timer);
                end = Judge(reply);
                if (end.Status != 0)
                {
                    // First, so that what it asks for has a say in whether it is asked again.
                    lease.Failed(end.Kind, end.RetryAfter);
                }
                else if (AttemptEnd.IsError((int)reply.StatusCode))
                {
                    lease.Failed(FailureKind.Errored);
                }
                else
                {
                    lease.Answers();
                }

                if (end.Status == 0 || !MayTryAgain(end, lease.Destination))
                {
                    Timings(arrived, sent);
                    body.Dispose();
                    await new ReplyRelay(http, lease, content, lane).RunAsync(reply, timer);
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !http.Response.HasStarted)
            {
                if (http.RequestAborted.IsCancellationRequested && body.Whole)
                {
                    lease.Abandoned();
                }

                end = Failed(content, timer, e);
                lease.Failed(end.Kind);
                if (!MayTryAgain(end, lease.Destination))
                {
                    throw end.ToException(lease.Destination, _attempts);
                }
            }

            cluster.Events.Retried(lease.Destination, end.Kind);
            lease.Dispose();
            await PauseAsync(end, lease.Destination);
            since = end.Sent ? lane.Clock.GetTimestamp() : since;
        }
    }

    private async ValueTask<DestinationLease> LeaseAsync(PlaceWanted wanted, CallTimer timer)
    {
        try
        {
            return await cluster.LeaseAsync(wanted, timer.Token);
        }
        catch (OperationCanceledException) when (timer.TimeIsUp)
        {
            throw TimedOut();
        }
    }

    private Task<HttpResponseMessage> SendAsync(DestinationLease lease, HttpRequestMessage request, CallTimer timer)
    {
        _attempts++;
        if (_options.AttemptTimeoutMs > 0 && TimeSpan.FromMilliseconds(_options.AttemptTimeoutMs) is var attempt && attempt < Left)
        {
            timer.Restart(attempt);
        }

        return lease.Client.SendAsync(request, timer.Token);
    }

    private HttpRequestMessage Request(DestinationLease lease, string path, ReplayContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, lane.Uris.Of(lease.Address, path, http.Request.QueryString.Value ?? ""))
        {
            Version = lease.Request.Version ?? HttpVersion.Version20,
            VersionPolicy = lease.Request.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
            Content = content,
        };
        ProxyHeaders.Copy(http.Request, request, _options.PassThrough.ForwardCredentials);
        if (lease.Authorization is { } authorization)
        {
            request.Headers.Remove("Authorization");
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (_options.DeadlineHeader is { Length: > 0 } deadline)
        {
            request.Headers.Remove(deadline);
            request.Headers.TryAddWithoutValidation(deadline, ((long)Left.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
        }

        if (lease.Host is { Length: > 0 } host)
        {
            request.Headers.Host = host;
        }

        return request;
    }

    /// <summary>Why an attempt brought no reply.</summary>
    private AttemptEnd Failed(ReplayContent content, CallTimer timer, Exception fault)
    {
        http.RequestAborted.ThrowIfCancellationRequested();
        if (content.ClientFault is { } client)
        {
            ExceptionDispatchInfo.Throw(client);
        }

        if (timer.TimeIsUp && content.WaitsForClient)
        {
            throw new GatewayException(ErrorKind.TimedOut, "The body did not arrive in the time of the call; send it faster, or raise the cluster's TimeoutMs.");
        }

        if (!content.Started && ProxyHeaders.Unsendable(http.Request) is { } header)
        {
            throw new GatewayException(ErrorKind.InvalidRequest, $"The header {header} has characters other than ASCII's, which cannot be sent on; leave them out.");
        }

        var kind = !content.Started ? AttemptEnd.Unsent(fault) : timer.TimeIsUp || fault is OperationCanceledException ? FailureKind.TimedOut : FailureKind.Broken;
        return new AttemptEnd(null, kind, 0, null, content.Started);
    }

    /// <summary>What a reply's status says against the destination; status 0: nothing.</summary>
    private AttemptEnd Judge(HttpResponseMessage reply) => reply.StatusCode switch
    {
        HttpStatusCode.TooManyRequests => new AttemptEnd(null, FailureKind.Busy, (int)reply.StatusCode, RetryAfter(reply), true),
        HttpStatusCode.RequestTimeout or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            new AttemptEnd(null, FailureKind.Unavailable, (int)reply.StatusCode, RetryAfter(reply), true),
        _ => default,
    };

    private bool MayTryAgain(AttemptEnd end, UpstreamDestination failed)
    {
        if ((end.Sent && !body.Whole) || Left <= LongestPause / 10 || RestsBeyond(end, failed) || !cluster.MayTryAgain(end.Kind, end.Status, end.Sent, _retries))
        {
            return false;
        }

        _retries += end.Sent ? 1 : 0;
        return true;
    }

    /// <summary>True where every destination that could be asked wants to be left alone for longer than this call may wait.</summary>
    private bool RestsBeyond(AttemptEnd end, UpstreamDestination failed)
    {
        var patience = TimeSpan.FromMilliseconds(Math.Min(Left.TotalMilliseconds, _options.WaitMs));
        return (cluster.Rest is var rest && rest > TimeSpan.Zero && rest >= patience)
            || (end.RetryAfter >= patience && !cluster.Destinations.Any(one => one != failed && one.IsUsable));
    }

    /// <summary>Waits a little, except where a lost connection can be replaced at once.</summary>
    private Task PauseAsync(AttemptEnd end, UpstreamDestination failed)
    {
        _tried ??= [];
        if (_tried.Count >= cluster.Destinations.Count)
        {
            _tried.Clear();
        }

        _tried.Add(failed);
        if (end.Kind is FailureKind.Connect or FailureKind.Untrusted or FailureKind.Broken && cluster.Destinations.Any(one => one.IsUsable && !_tried.Contains(one)))
        {
            return Task.CompletedTask;
        }

        var pause = FirstPause * Math.Pow(2, Math.Min(_attempts - 1, 10));
        pause = (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(pause, lane.Clock, http.RequestAborted);
    }

    private void Timings(long arrived, long sent)
    {
        var gateway = new Milliseconds(lane.Clock.GetElapsedTime(arrived, sent));
        var upstream = new Milliseconds(lane.Clock.GetElapsedTime(sent));
        http.Response.Headers["Server-Timing"] = string.Create(CultureInfo.InvariantCulture, $"gateway;dur={gateway}, upstream;dur={upstream}");
    }

    private TimeSpan? RetryAfter(HttpResponseMessage reply)
    {
        var wanted = reply.Headers.RetryAfter is { } header ? header.Delta ?? (header.Date - lane.Clock.GetUtcNow()) : null;
        return wanted < TimeSpan.Zero ? TimeSpan.Zero : wanted;
    }

    private GatewayException TimedOut() => new(
        ErrorKind.UpstreamTimedOut,
        $"Cluster '{cluster.Name}' did not begin to answer within {_options.TimeoutMs} ms ({ClusterOptions.Section}:{cluster.Name}:TimeoutMs).");
}
