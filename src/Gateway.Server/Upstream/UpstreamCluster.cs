using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>One cluster as it is configured now: its destinations and the choice among them.</summary>
internal sealed class UpstreamCluster(ClusterState state)
{
    private volatile ClusterOptions _options = new();
    private volatile UpstreamDestination[] _destinations = [];

    /// <summary>The cluster's name.</summary>
    public string Name => state.ClusterId;

    /// <summary>YARP's own state of it; its model holds the HTTP client.</summary>
    public ClusterState State => state;

    /// <summary>The gateway's settings of it.</summary>
    public ClusterOptions Options => _options;

    /// <summary>The destinations as configured now.</summary>
    public IReadOnlyList<UpstreamDestination> Destinations => _destinations;

    /// <summary>Takes the configuration over; destinations that stay keep their state, those that go finish their calls.</summary>
    public void Configure(ClusterOptions options)
    {
        var known = _destinations;
        _destinations = [.. state.Destinations.Values.Select(now =>
            Array.Find(known, old => old.State == now && old.Address == now.Model.Config.Address)
            ?? new UpstreamDestination(Name, now, options.Destinations.GetValueOrDefault(now.DestinationId) ?? new DestinationOptions()))];
        _options = options;
    }

    /// <summary>A permit on the destination that suits best; null where none is free.</summary>
    public UpstreamDestination? TryEnter(PromptPrefix prefix, IReadOnlyList<UpstreamDestination> tried)
    {
        _ = prefix;
        var free = _destinations.OrderBy(tried.Contains).ThenBy(destination => destination.InFlight);
        return free.FirstOrDefault(destination => destination.TryEnter(_options.Concurrency));
    }
}
