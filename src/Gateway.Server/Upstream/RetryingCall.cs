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

    // What comes so near the time that was told is an answer to that time.
    private const double NearlyAll = 0.9;

    private readonly TimeSpan _most = TimeSpan.FromMilliseconds(cluster.Options.TimeoutMs);
    private readonly long _started = clock.GetTimestamp();
    private List<UpstreamDestination>? _tried;
    private int _attempts;
    private int _retries;

    private TimeSpan ClustersLeft => _most - clock.GetElapsedTime(_started);

    /// <summary>The time left: the cluster's, or the caller's where that is less.</summary>
    private TimeSpan Left => call.Deadline?.Left is { } callers && callers < ClustersLeft ? callers : ClustersLeft;

    /// <summary>Runs the call to its reply.</summary>
    /// <exception cref="GatewayException">There was no answer.</exception>
    public async Task<UpstreamReply> RunAsync(CancellationToken caller)
    {
        using var deadline = new CancellationTokenSource(_most, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, caller);
        cluster.Budget.Count();
        var since = _started;
        try
        {
            while (true)
            {
                if (RestsBeyond())
                {
                    throw cluster.Full();
                }

                var wanted = new PlaceWanted(call.Prefix, (IReadOnlyList<UpstreamDestination>?)_tried ?? [], since);
                var (end, destination) = await AttemptAsync(wanted, either.Token);
                if (end.Reply is not null)
                {
                    return end.Reply;
                }

                if (!MayTryAgain(end) || RestsBeyond())
                {
                    throw end.ToException(destination, _attempts);
                }

                var pause = Pause(end, destination);
                if (pause >= Left)
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
            throw TimedOut();
        }
    }

    private async Task<(AttemptEnd End, UpstreamDestination Destination)> AttemptAsync(PlaceWanted wanted, CancellationToken cancellation)
    {
        using var lease = await cluster.LeaseAsync(wanted, cancellation);
        var (told, sent, hasty) = (Left, clock.GetTimestamp(), Left < ClustersLeft);
        if (told <= TimeSpan.Zero)
        {
            throw TooLate();
        }

        _attempts++;
        try
        {
            var end = await new UpstreamAttempt(call, lease, clock).RunAsync(_attempts, told, cancellation);
            if (hasty && lease.Options.DeadlineHeader is { Length: > 0 } && end.Status is 408 or 504 && clock.GetElapsedTime(sent) >= told * NearlyAll)
            {
                // It kept to the caller's time, which it was told.
                lease.Abandoned();
            }
            else if (end.Reply is null)
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
        catch (OperationCanceledException) when (ClustersLeft <= TimeSpan.Zero && _attempts == 1)
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
    private bool RestsBeyond() => cluster.Rest is var rest && rest > TimeSpan.Zero && rest >= Left;

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
        if (another && end.Kind is FailureKind.Connect or FailureKind.Untrusted or FailureKind.Broken)
        {
            return TimeSpan.Zero;
        }

        var pause = FirstPause * Math.Pow(2, Math.Min(_attempts - 1, 10));
        return (pause < LongestPause ? pause : LongestPause) * (0.5 + (Random.Shared.NextDouble() / 2));
    }

    private GatewayException TimedOut() => new(
        ErrorKind.UpstreamTimedOut,
        $"Cluster '{call.Cluster}' did not answer within {_most.TotalMilliseconds:0} ms{(_attempts > 1 ? $", in {_attempts} attempts" : "")}.");

    private GatewayException TooLate() => new(
        ErrorKind.TimedOut, $"The deadline passed before cluster '{call.Cluster}' could be asked{(_attempts > 0 ? " again" : "")}.");
}
