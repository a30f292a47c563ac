using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>One cluster as it is configured now: its destinations, the choice among them, and who waits for them.</summary>
internal sealed class UpstreamCluster
{
    /// <summary>The most destinations of a cluster.</summary>
    public const int MostDestinations = 64;

    private readonly TimeProvider _clock;
    private readonly DestinationChoice _choice = new(Random.Shared);
    private readonly WaitingLine _line;
    private long _unhealthySince;
    private volatile ClusterSnapshot _now = new(new ClusterOptions(), []);

    /// <summary>A cluster of YARP's that is to be configured.</summary>
    public UpstreamCluster(ClusterState state, UpstreamEvents events, TimeProvider clock)
    {
        (State, Events, _clock) = (state, events, clock);
        _line = new WaitingLine(this, clock);
        Budget = new RetryBudget(clock);
    }

    /// <summary>The cluster's name.</summary>
    public string Name => State.ClusterId;

    /// <summary>YARP's own state of it; its model holds the HTTP client.</summary>
    public ClusterState State { get; }

    /// <summary>Who is told what happens on its destinations.</summary>
    public UpstreamEvents Events { get; }

    /// <summary>How many retries it may have.</summary>
    public RetryBudget Budget { get; }

    /// <summary>The gateway's settings of it.</summary>
    public ClusterOptions Options => _now.Options;

    /// <summary>The destinations as configured now.</summary>
    public IReadOnlyList<UpstreamDestination> Destinations => _now.Destinations;

    /// <summary>How long until the first of the usable destinations does not ask to be left alone; zero or less: now.</summary>
    public TimeSpan Rest => _now.Rest;

    /// <summary>Calls that wait for a destination.</summary>
    public int Waiting => _line.Count;

    /// <summary>Takes the configuration over; destinations that stay keep their state, those that go finish their calls.</summary>
    public void Configure(ClusterOptions options)
    {
        var states = State.Destinations.Values.OrderBy(one => one.DestinationId, StringComparer.Ordinal).ToArray();
        var stay = Array.FindAll(_now.Destinations, old => Array.Exists(states, old.IsStill));
        var slots = stay.Aggregate(0UL, (taken, destination) => taken | (1UL << destination.Slot));
        var destinations = Array.ConvertAll(states, one => Array.Find(stay, old => old.IsStill(one)) ?? Added(one, ref slots));
        foreach (var destination in destinations)
        {
            destination.ClusterOptions = options;
            destination.Options = options.Destinations.GetValueOrDefault(destination.Name) ?? new DestinationOptions();
            destination.Model.Want(string.IsNullOrEmpty(options.Model) ? null : options.Model);
        }

        _now = new ClusterSnapshot(options, destinations);
        Serve();
    }

    /// <summary>The cluster is no more; those who wait are told so.</summary>
    public void Remove()
    {
        _now = new ClusterSnapshot(new ClusterOptions { WaitMs = 0, UnhealthyWaitMs = 0 }, []);
        Serve();
    }

    /// <summary>A place on the destination that suits best; waits in line where none is free.</summary>
    /// <exception cref="GatewayException">None came free in time.</exception>
    public ValueTask<DestinationLease> LeaseAsync(PlaceWanted wanted, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return _line.Count == 0 && TryLease(wanted) is { } lease
            ? ValueTask.FromResult(lease)
            : new ValueTask<DestinationLease>(_line.WaitAsync(wanted, cancellation));
    }

    /// <summary>A place on the destination that suits best, or null where none is free.</summary>
    public DestinationLease? TryLease(PlaceWanted wanted)
    {
        var now = _now;
        var prefix = now.Options.Affinity && now.Destinations.Length > 1 ? wanted.Prefix : PromptPrefix.None;
        Span<Candidate> candidates = stackalloc Candidate[MostDestinations];
        // Another may be faster between the choice and the place; then there is one candidate less.
        for (var attempt = 0; attempt < now.Destinations.Length; attempt++)
        {
            var free = now.Free(candidates, wanted.Tried);
            if (free.IsEmpty)
            {
                return null;
            }

            var chosen = now.BySlot(free[_choice.Pick(free, prefix, now.Options.AffinityPercent)].Slot);
            if (DestinationLease.TryTake(this, chosen, now.Options, _clock) is { } lease)
            {
                _choice.Remember(prefix, chosen.Slot);
                return lease;
            }
        }

        return null;
    }

    /// <summary>A place on this very destination, or null where it has none.</summary>
    public DestinationLease? TryLeaseOn(DestinationState? state)
    {
        var now = _now;
        var destination = Array.Find(now.Destinations, one => one.State == state);
        return destination is { IsUsable: true } && destination.Rest <= TimeSpan.Zero && _line.Count == 0
            ? DestinationLease.TryTake(this, destination, now.Options, _clock)
            : null;
    }

    /// <summary>The destination that suits best among some of them, without a place on it; for YARP's own pipeline.</summary>
    public UpstreamDestination? Choose(IReadOnlyList<DestinationState> among)
    {
        var now = _now;
        Span<Candidate> candidates = stackalloc Candidate[MostDestinations];
        UpstreamDestination[] without = among.Count == now.Destinations.Length ? [] : Array.FindAll(now.Destinations, one => !among.Contains(one.State));
        var free = now.Free(candidates, without);
        return free.IsEmpty ? null : now.BySlot(free[_choice.Pick(free, PromptPrefix.None, now.Options.AffinityPercent)].Slot);
    }

    /// <summary>Whether a call may be tried again after an attempt that failed; takes from the retry budget where it does.</summary>
    /// <param name="kind">Why the attempt failed.</param>
    /// <param name="status">The status that said so; 0 where none arrived.</param>
    /// <param name="sent">Whether the destination may have got a byte.</param>
    /// <param name="retries">How often it was tried again after being sent.</param>
    public bool MayTryAgain(FailureKind kind, int status, bool sent, int retries)
    {
        if (!sent)
        {
            // Nobody has begun to work on it; that others are unreachable too is for the breakers and the waiting line to end.
            return true;
        }

        // A destination whose connection broke works on the call no more, so that trying elsewhere adds no load: it is no matter of the budget.
        return (!Options.Billed || status is 429 or 503)
            && retries < Options.Retries
            && (kind == FailureKind.Broken || Budget.TryTake(Options.RetryPercent, Options.RetryFloor));
    }

    /// <summary>Why a call that waited this long waits no longer; null: it does.</summary>
    public GatewayException? Refusal(TimeSpan waited)
    {
        var now = _now;
        if (now.Destinations.Length == 0)
        {
            return new GatewayException(ErrorKind.NotReady, $"Cluster '{Name}' is not configured any more.");
        }

        if (Array.Exists(now.Destinations, destination => destination.IsUsable))
        {
            if (now.Rest > TimeSpan.FromMilliseconds(now.Options.WaitMs) - waited)
            {
                return Full();
            }

            Volatile.Write(ref _unhealthySince, 0);
            return waited.TotalMilliseconds < now.Options.WaitMs ? null : Full();
        }

        // Who waited long for a busy destination waits as long as any other for one that restarts.
        Interlocked.CompareExchange(ref _unhealthySince, _clock.GetTimestamp(), 0);
        var unhealthy = _clock.GetElapsedTime(Volatile.Read(ref _unhealthySince));
        return (waited < unhealthy ? waited : unhealthy).TotalMilliseconds < now.Options.UnhealthyWaitMs ? null : new GatewayException(
            ErrorKind.NotReady,
            $"No destination of cluster '{Name}' is healthy: {string.Join(", ", now.Destinations.Select(destination => $"{destination.Name} {destination.Trouble}"))}.",
            retryAfter: TimeSpan.FromSeconds(1));
    }

    /// <summary>Every destination is at its limit, or asked to be left alone.</summary>
    public GatewayException Full()
    {
        var rest = _now.Rest;
        return new GatewayException(
            ErrorKind.Overloaded,
            $"Every destination of cluster '{Name}' is busy and {Waiting} calls wait for one; try again later, or raise {ClusterOptions.Section}:{Name}:Concurrency.",
            retryAfter: rest > TimeSpan.FromSeconds(1) ? rest : TimeSpan.FromSeconds(1));
    }

    /// <summary>A place may have come free.</summary>
    public void Serve() => _line.Serve();

    private UpstreamDestination Added(DestinationState state, ref ulong slots)
    {
        var slot = System.Numerics.BitOperations.TrailingZeroCount(~slots) % MostDestinations;
        slots |= 1UL << slot;
        _choice.Forget(slot);
        return new UpstreamDestination(State, state, slot, _clock);
    }
}
