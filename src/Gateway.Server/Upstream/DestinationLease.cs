using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>
/// One call's place on a destination: where to send it and with what. Whoever holds it says how the attempt ended, as soon as that is known,
/// and gives the place back by disposing it; without a word the attempt counts neither for nor against the destination.
/// </summary>
internal sealed class DestinationLease : IDisposable
{
    // Whoever waited less says nothing of a destination, and silence says nothing before so long.
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastSilence = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _clock;
    private readonly ClusterModel _model;
    private readonly long _started;
    private int _period;
    private AttemptOutcome _outcome = AttemptOutcome.Abandoned;
    private int _said;
    private int _ended;

    private DestinationLease(UpstreamCluster cluster, UpstreamDestination destination, ClusterOptions options, TimeProvider clock, int period)
    {
        (Cluster, Destination, Options, _clock, _period) = (cluster, destination, options, clock, period);
        _model = cluster.State.Model;
        _started = clock.GetTimestamp();
        destination.Asked(_started);
    }

    /// <summary>The cluster.</summary>
    public UpstreamCluster Cluster { get; }

    /// <summary>The destination.</summary>
    public UpstreamDestination Destination { get; }

    /// <summary>The cluster's settings at the time of the lease.</summary>
    public ClusterOptions Options { get; }

    /// <summary>YARP's state of the destination, for its forwarder.</summary>
    public DestinationState State => Destination.State;

    /// <summary>Scheme, host, port and path that the call's path is appended to; no slash at its end.</summary>
    public string Address => Destination.Address;

    /// <summary>The cluster's HTTP client.</summary>
    public HttpMessageInvoker Client => _model.HttpClient;

    /// <summary>The HTTP version and the like.</summary>
    public ForwarderRequestConfig Request => _model.Config.HttpRequest ?? ForwarderRequestConfig.Empty;

    /// <summary>The <c>Host</c> header to send; null: the address's.</summary>
    public string? Host => Destination.State.Model.Config.Host;

    /// <summary>The <c>Authorization</c> header to send; null: none.</summary>
    public string? Authorization => string.IsNullOrEmpty(Options.Authorization) ? null : Options.Authorization;

    /// <summary>Takes a place on a destination; null where its limit or its breaker is in the way.</summary>
    public static DestinationLease? TryTake(UpstreamCluster cluster, UpstreamDestination destination, ClusterOptions options, TimeProvider clock)
    {
        if (!destination.Breaker.TryPass(options, out var period))
        {
            return null;
        }

        if (!destination.TryEnter(options.Concurrency))
        {
            destination.Breaker.Undecided(period);
            return null;
        }

        return new DestinationLease(cluster, destination, options, clock, period);
    }

    /// <summary>The destination's reply began, with whatever status that is not <see cref="Failed"/>'s; its end is still to be said.</summary>
    public void Answers()
    {
        if (Volatile.Read(ref _ended) != 0)
        {
            return;
        }

        Destination.Heard();
        if (Destination.Breaker.Answers(ref _period))
        {
            Cluster.Events.Closed(Cluster, Destination);
            Cluster.Serve();
        }
    }

    /// <summary>
    /// The caller left without a reply. That is held against the destination only where it has answered nobody for long: callers' short
    /// patience is no fault of its, but one that swallows every call would otherwise never be found.
    /// </summary>
    public void Abandoned()
    {
        var most = TimeSpan.FromMilliseconds(Options.TimeoutMs);
        if (_clock.GetElapsedTime(_started) >= LeastWait && Destination.Silence >= (most < LeastSilence ? most : LeastSilence))
        {
            Failed(FailureKind.TimedOut);
        }
    }

    /// <summary>The destination answered, with whatever status that is not <see cref="Failed"/>'s.</summary>
    public void Succeeded() => Say(AttemptOutcome.Answered, null);

    /// <summary>The destination did not answer, or said that it cannot; after <paramref name="retryAfter"/> it can.</summary>
    public void Failed(FailureKind kind, TimeSpan? retryAfter = null) => Say((AttemptOutcome)kind, retryAfter);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
        {
            return;
        }

        if (Interlocked.Exchange(ref _said, 1) == 0)
        {
            Destination.Breaker.Undecided(_period);
        }

        Destination.Leave();
        Cluster.Events.Ended(Destination, _outcome, _clock.GetElapsedTime(_started));
        Cluster.Serve();
    }

    private void Say(AttemptOutcome outcome, TimeSpan? retryAfter)
    {
        if (Interlocked.Exchange(ref _said, 1) != 0)
        {
            return;
        }

        _outcome = outcome;
        Destination.Ended(outcome);
        if (retryAfter > TimeSpan.Zero)
        {
            Destination.RestFor(retryAfter.Value);
        }

        if (outcome is AttemptOutcome.Answered or AttemptOutcome.Busy or AttemptOutcome.Refused or AttemptOutcome.Errored)
        {
            Destination.Heard();
        }

        if (outcome is AttemptOutcome.Answered or AttemptOutcome.Busy or AttemptOutcome.Refused)
        {
            if (Destination.Breaker.Succeeded(_period))
            {
                Cluster.Events.Closed(Cluster, Destination);
            }

            return;
        }

        // A destination that broke off may come back as another; one that is slow is still the same.
        if (outcome is not (AttemptOutcome.TimedOut or AttemptOutcome.Errored) && Destination.Model.Doubt())
        {
            Cluster.Events.Doubt(Cluster);
        }

        if (Destination.Breaker.Failed(_period, Options, inARow: outcome is not AttemptOutcome.Errored) is { } openFor)
        {
            Cluster.Events.Opened(Cluster, Destination, outcome, openFor);
        }
    }
}
