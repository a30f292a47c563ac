using System.IO.Hashing;
using System.Text;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>One destination of a cluster, at one address: the one count of the calls on it, its breaker, and whether it serves the right model.</summary>
internal sealed class UpstreamDestination(ClusterState cluster, DestinationState state, int slot, TimeProvider clock)
{
    // However long a destination asks to be left alone, it is asked again after this.
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(60);

    private int _inFlight;
    private long _restsFrom;
    private long _restTicks;
    private long _unanswered;
    private volatile AttemptOutcome _last = AttemptOutcome.Answered;

    /// <summary>The cluster's name.</summary>
    public string Cluster => cluster.ClusterId;

    /// <summary>The destination's name.</summary>
    public string Name => state.DestinationId;

    /// <summary>YARP's own state of it.</summary>
    public DestinationState State => state;

    /// <summary>Its number in the cluster, 0 to 63.</summary>
    public int Slot => slot;

    /// <summary>A hash of its name.</summary>
    public ulong Salt { get; } = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(state.DestinationId));

    /// <summary>What every call's path is appended to, without a slash at the end.</summary>
    public string Address { get; } = state.Model.Config.Address.TrimEnd('/');

    /// <summary>YARP's configuration of its cluster as it is now.</summary>
    public ClusterModel ClusterModel => cluster.Model;

    /// <summary>The settings of its cluster.</summary>
    public ClusterOptions ClusterOptions { get; set; } = new();

    /// <summary>Its weight and priority.</summary>
    public DestinationOptions Options { get; set; } = new();

    /// <summary>Takes it out when it fails.</summary>
    public Breaker Breaker { get; } = new(clock);

    /// <summary>Which model it serves.</summary>
    public ServedModel Model { get; } = new();

    /// <summary>Probes in a row that failed; written by the one loop that probes its cluster.</summary>
    public int FailedProbes { get; set; }

    /// <summary>Calls on it now, of all lanes.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>How long it still asks to be left alone; zero or less: not.</summary>
    public TimeSpan Rest
    {
        get
        {
            var ticks = Volatile.Read(ref _restTicks);
            return ticks == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(ticks) - clock.GetElapsedTime(Volatile.Read(ref _restsFrom));
        }
    }

    /// <summary>How long ago the first call began of those since which it has answered nobody; zero where it answered.</summary>
    public TimeSpan Silence => Volatile.Read(ref _unanswered) is var since and not 0 ? clock.GetElapsedTime(since) : TimeSpan.Zero;

    /// <summary>True where neither probes nor its model speak against it.</summary>
    public bool IsHealthy =>
        (state.Health.Active != DestinationHealth.Unhealthy || cluster.Model.Config.HealthCheck?.Active?.Enabled != true) && Model.IsRight;

    /// <summary>Healthy, and its breaker lets calls through.</summary>
    public bool IsUsable => IsHealthy && Breaker.Allows;

    /// <summary>Why it is not used, where it is not.</summary>
    public string Trouble =>
        Model.Fault is { } fault ? $"{fault} instead of '{Model.Wanted}'"
        : !Model.IsRight ? "has not said yet which model it serves"
        : Breaker.State == BreakerState.Closed ? "fails its probes"
        : _last == AttemptOutcome.Untrusted ? "takes no TLS connection: look at its certificate"
        : "fails";

    /// <summary>True where YARP's state is still this destination, at the same address.</summary>
    public bool IsStill(DestinationState now) => now == state && now.Model.Config.Address.TrimEnd('/') == Address;

    /// <summary>How the latest call of it ended.</summary>
    public void Ended(AttemptOutcome outcome) => _last = outcome;

    /// <summary>A call to it begins.</summary>
    public void Asked(long timestamp)
    {
        if (Volatile.Read(ref _unanswered) == 0)
        {
            Interlocked.CompareExchange(ref _unanswered, timestamp, 0);
        }
    }

    /// <summary>It answered somebody.</summary>
    public void Heard() => Volatile.Write(ref _unanswered, 0);

    /// <summary>It asked to be left alone for this long.</summary>
    public void RestFor(TimeSpan rest)
    {
        Volatile.Write(ref _restsFrom, clock.GetTimestamp());
        Volatile.Write(ref _restTicks, Math.Min(rest.Ticks, LongestRest.Ticks));
    }

    /// <summary>Takes a permit unless the destination is at its limit.</summary>
    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _inFlight) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _inFlight);
        return false;
    }

    /// <summary>Gives a permit back.</summary>
    public void Leave() => Interlocked.Decrement(ref _inFlight);
}
