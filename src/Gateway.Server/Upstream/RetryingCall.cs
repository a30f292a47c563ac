using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>
/// One call from its first attempt to its end. What was not sent is placed elsewhere as often as it takes; what was sent is tried again so often
/// and so soon as the cluster's settings, its retry budget and the call's one deadline allow.
/// </summary>
internal sealed class RetryingCall(UpstreamCluster cluster, UpstreamCall call, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ClusterOptions _options = cluster.Options;
    private readonly long _started = clock.GetTimestamp();
    private List<UpstreamDestination>? _tried;
    private int _attempts;
    private int _retries;

    /// <summary>Runs the call to its reply.</summary>
    /// <exception cref="GatewayException">There was no answer.</exception>
    public async Task<UpstreamReply> RunAsync(CancellationToken caller)
    {
        var most = TimeSpan.FromMilliseconds(_options.TimeoutMs);
        var patience = call.Patience < most ? call.Patience.Value : most;
        if (patience <= TimeSpan.Zero)
        {
            throw TimedOut(patience);
        }

        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, caller);
        cluster.Budget.Count();
        var since = _started;
        try
        {
            while (true)
            {
                if (RestsBeyond(patience))
                {
                    throw cluster.Full();
                }

                var wanted = new PlaceWanted(call.Prefix, (IReadOnlyList<UpstreamDestination>?)_tried ?? [], since);
                var (end, destination) = await AttemptAsync(wanted, patience, either.Token, fullTime: patience == most);
                if (end.Reply is not null)
                {
                    return end.Reply;
                }

                if (!MayTryAgain(end) || RestsBeyond(patience))
                {
                    throw end.ToException(destination, _attempts);
                }

                var pause = Pause(end, destination);
                if (pause >= patience - clock.GetElapsedTime(_started))
                {
                    throw end.ToException(destination, _attempts);
                }

                cluster.Events.Retried(destination, end.Kind);
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause, clock, either.Token);
                }

                since = end.Sent ? clock.GetTimestamp() : since;
            }
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            throw TimedOut(patience);
        }
    }

    private async Task<(AttemptEnd End, UpstreamDestination Destination)> AttemptAsync(
        PlaceWanted wanted, TimeSpan patience, CancellationToken cancellation, bool fullTime)
    {
        using var lease = await cluster.LeaseAsync(wanted, cancellation);
        _attempts++;
        try
        {
            var end = await new UpstreamAttempt(call, lease, clock).RunAsync(_attempts, patience - clock.GetElapsedTime(_started), cancellation);
            if (end.Reply is null)
            {
                lease.Failed(end.Kind, end.RetryAfter);
            }
            else if (AttemptEnd.IsError(end.Status))
            {
                lease.Failed(FailureKind.Errored);
            }
            else
            {
                lease.Succeeded();
            }

            return (end, lease.Destination);
        }
        catch (GatewayException)
        {
            lease.Failed(FailureKind.Refused);
            throw;
        }
        catch (OperationCanceledException) when (fullTime && clock.GetElapsedTime(_started) >= patience && _attempts == 1)
        {
            // Only a call with all the time there is says something of the destination: a hasty caller must not take it out.
            lease.Failed(FailureKind.TimedOut);
            throw;
        }
        catch (OperationCanceledException)
        {
            lease.Abandoned();
            throw;
        }
    }

    /// <summary>True where every usable destination asks to be left alone until after the call's deadline.</summary>
    private bool RestsBeyond(TimeSpan patience) => cluster.Rest is var rest && rest > TimeSpan.Zero && rest >= patience - clock.GetElapsedTime(_started);

    private bool MayTryAgain(AttemptEnd end)
    {
        var allowed = cluster.MayTryAgain(end.Kind, end.Status, end.Sent, _retries);
        _retries += end.Sent ? 1 : 0;
        return allowed;
    }

    /// <summary>How long to wait before the next attempt: not at all where a lost connection can be replaced at once.</summary>
    private TimeSpan Pause(AttemptEnd end, UpstreamDestination failed)
    {
        _tried ??= [];
        if (_tried.Count >= cluster.Destinations.Count)
        {
            _tried.Clear();
        }

        _tried.Add(failed);
        var another = cluster.Destinations.Any(destination => destination.IsUsable && !_tried.Contains(destination));
        if (another && end.Kind is FailureKind.Connect or FailureKind.Broken)
        {
            return TimeSpan.Zero;
        }

        var pause = FirstPause * Math.Pow(2, Math.Min(_attempts - 1, 10));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private GatewayException TimedOut(TimeSpan patience) => new(
        ErrorKind.UpstreamTimedOut,
        $"Cluster '{call.Cluster}' did not answer within {patience.TotalMilliseconds:0} ms{(_attempts > 1 ? $", in {_attempts} attempts" : "")}.");
}
