using System.Collections.Concurrent;
using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>The one way to destinations: clusters are YARP's; the choice, the permits and the retries are here, for all lanes.</summary>
internal sealed class UpstreamPool : IClusterChangeListener
{
    private readonly ConcurrentDictionary<string, UpstreamCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);
    private readonly ClusterFilter _filter;
    private readonly UpstreamEvents _events;
    private readonly TimeProvider _clock;

    /// <summary>A pool that hears of its clusters from YARP.</summary>
    public UpstreamPool(ClusterFilter filter, UpstreamEvents events, UpstreamMetrics metrics, TimeProvider clock)
    {
        (_filter, _events, _clock) = (filter, events, clock);
        metrics.Watch(() => Clusters);
    }

    /// <summary>The configured clusters.</summary>
    public IEnumerable<UpstreamCluster> Clusters => _clusters.Select(cluster => cluster.Value);

    /// <summary>The cluster of that name; null where none is configured.</summary>
    public UpstreamCluster? Find(string cluster) => _clusters.GetValueOrDefault(cluster);

    /// <summary>A place on the destination that suits best; waits where all are busy or none is healthy, as long as the cluster's settings say.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="prefix">What the call shares with others.</param>
    /// <param name="tried">Destinations to avoid while there is another.</param>
    /// <param name="cancellation">The caller leaves, or its time is up.</param>
    /// <exception cref="GatewayException">None came free: <see cref="ErrorKind.Overloaded"/>, or <see cref="ErrorKind.NotReady"/>.</exception>
    public ValueTask<DestinationLease> LeaseAsync(
        string cluster, PromptPrefix prefix, IReadOnlyList<UpstreamDestination> tried, CancellationToken cancellation) =>
        Get(cluster).LeaseAsync(new PlaceWanted(prefix, tried, _clock.GetTimestamp()), cancellation);

    /// <summary>Sends a call and reads its whole reply, on another destination where one fails.</summary>
    /// <exception cref="GatewayException">There was no answer: the kind says whether the destinations failed, timed out, were busy or not ready.</exception>
    public async Task<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellation)
    {
        try
        {
            return await new RetryingCall(Get(call.Cluster), call, _clock).RunAsync(cancellation);
        }
        finally
        {
            await SocketThreads.LeaveAsync();
        }
    }

    /// <summary>What an operator should know of the destinations now, a line each: which are not used and why.</summary>
    public IReadOnlyList<string> Troubles() =>
    [
        .. Clusters.OrderBy(cluster => cluster.Name, StringComparer.Ordinal).SelectMany(cluster => cluster.Destinations
            .Where(destination => !destination.IsUsable)
            .Select(destination => $"cluster {cluster.Name}: destination {destination.Name} is not used: it {destination.Trouble}")),
    ];

    /// <inheritdoc/>
    public void OnClusterAdded(ClusterState cluster)
    {
        var added = new UpstreamCluster(cluster, _events, _clock);
        added.Configure(_filter.Options(cluster.Model.Config));
        _clusters[cluster.ClusterId] = added;
    }

    /// <inheritdoc/>
    public void OnClusterChanged(ClusterState cluster) => Find(cluster.ClusterId)?.Configure(_filter.Options(cluster.Model.Config));

    /// <inheritdoc/>
    public void OnClusterRemoved(ClusterState cluster)
    {
        if (_clusters.TryRemove(cluster.ClusterId, out var removed))
        {
            removed.Remove();
        }
    }

    private UpstreamCluster Get(string cluster) => Find(cluster)
        ?? throw new GatewayException(ErrorKind.NotReady, $"Cluster '{cluster}' is not configured; add {ClusterOptions.Section}:{cluster}.");
}
