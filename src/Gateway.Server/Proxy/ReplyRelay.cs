using System.IO.Pipelines;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Proxy;

/// <summary>One reply on its way back: headers, then every part of the body as it comes, then trailers.</summary>
internal sealed class ReplyRelay(HttpContext http, DestinationLease lease, ReplayContent sent, ProxyLane lane)
{
    private const int FlushAt = 64 * 1024;

    private readonly PassThroughOptions _options = lease.Options.PassThrough;
    // Stays true where the wait for the client is given up.
    private bool _clientReads;

    /// <summary>Relays a reply to its end, or cuts the client's connection where the destination does not finish it.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="timer">When the side that is waited for is given up.</param>
    /// <exception cref="GatewayException">It has headers that cannot be sent on.</exception>
    public async Task RunAsync(HttpResponseMessage reply, CallTimer timer)
    {
        http.Response.StatusCode = (int)reply.StatusCode;
        CopyHeaders(reply);
        try
        {
            await CopyBodyAsync(reply, timer);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // A client that is slow to read or to send says nothing of the destination.
            if (!http.RequestAborted.IsCancellationRequested && !_clientReads && sent.ClientFault is null && !(timer.TimeIsUp && sent.WaitsForClient))
            {
                lease.Failed(timer.TimeIsUp ? FailureKind.TimedOut : FailureKind.Broken);
                lane.Failures.ReplyCut(lease.Destination.Name, lease.Cluster.Name, http.Request.Path);
            }

            // The client must not take a part for the whole.
            http.Abort();
            return;
        }

        ProxyHeaders.CopyTrailers(reply, http.Response);
        lease.Succeeded();
    }

    private void CopyHeaders(HttpResponseMessage reply)
    {
        try
        {
            ProxyHeaders.Copy(reply, http.Response, _options.ForwardCredentials);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException)
        {
            lease.Failed(FailureKind.Refused);
            throw new GatewayException(
                ErrorKind.UpstreamFailed, $"Destination {lease.Destination.Name} of cluster '{lease.Cluster.Name}' answered with headers that are not HTTP.");
        }
    }

    private async Task CopyBodyAsync(HttpResponseMessage reply, CallTimer timer)
    {
        var activity = TimeSpan.FromMilliseconds(_options.ActivityTimeoutMs);
        _clientReads = true;
        timer.Restart(activity);
        await http.Response.StartAsync(timer.Token);
        TurnToDestination(timer, activity);
        using var stream = await reply.Content.ReadAsStreamAsync(timer.Token);
        var writer = http.Response.BodyWriter;
        long unflushed = 0;
        while (true)
        {
            // Waits without a buffer; whatever is there already goes out first, so that an event does not wait for the next.
            var more = stream.ReadAsync(Memory<byte>.Empty, timer.Token);
            if (!more.IsCompletedSuccessfully)
            {
                await FlushAsync(writer, timer, activity);
                unflushed = 0;
            }

            await more;
            var read = await stream.ReadAsync(writer.GetMemory(), timer.Token);
            if (read == 0)
            {
                // The server sends the rest at a reply's end by itself only where it writes chunks or was never asked to before.
                if (unflushed > 0 && http.Response.ContentLength is not null)
                {
                    await FlushAsync(writer, timer, activity);
                }

                return;
            }

            writer.Advance(read);
            unflushed += read;
            if (unflushed >= FlushAt)
            {
                await FlushAsync(writer, timer, activity);
                unflushed = 0;
            }
        }
    }

    private async ValueTask FlushAsync(PipeWriter writer, CallTimer timer, TimeSpan activity)
    {
        _clientReads = true;
        timer.Restart(activity);
        await writer.FlushAsync(timer.Token);
        TurnToDestination(timer, activity);
    }

    /// <summary>The client has what there is: from here on it is the destination's silence that counts.</summary>
    private void TurnToDestination(CallTimer timer, TimeSpan activity)
    {
        timer.Token.ThrowIfCancellationRequested();
        _clientReads = false;
        timer.Restart(activity);
    }
}
