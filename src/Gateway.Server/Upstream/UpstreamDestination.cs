using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>One destination of a cluster, at one address, with the one count of the calls that are on it.</summary>
internal sealed class UpstreamDestination(string cluster, DestinationState state, DestinationOptions options)
{
    private int _inFlight;

    /// <summary>The cluster's name.</summary>
    public string Cluster => cluster;

    /// <summary>The destination's name.</summary>
    public string Name => state.DestinationId;

    /// <summary>YARP's own state of it.</summary>
    public DestinationState State => state;

    /// <summary>What every call's path is appended to.</summary>
    public string Address { get; } = state.Model.Config.Address;

    /// <summary>Its share beside the others.</summary>
    public int Weight => options.Weight;

    /// <summary>Lower numbers first.</summary>
    public int Priority => options.Priority;

    /// <summary>Calls on it now, of all lanes.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

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
