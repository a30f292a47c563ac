using System.Collections.Concurrent;
using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>The one way to destinations: clusters are YARP's, the choice, the permits and the retries are here, for all lanes.</summary>
internal sealed class UpstreamPool(ClusterFilter filter, TimeProvider clock) : IClusterChangeListener
{
    private readonly ConcurrentDictionary<string, UpstreamCluster> _clusters = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The configured clusters.</summary>
    public IEnumerable<UpstreamCluster> Clusters => _clusters.Values;

    /// <summary>The cluster of that name; null where none is configured.</summary>
    public UpstreamCluster? Find(string cluster) => _clusters.GetValueOrDefault(cluster);

    /// <summary>A place on the destination that suits best; waits where all are busy or none is healthy, as long as the cluster's settings say.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="prefix">What the call shares with others.</param>
    /// <param name="tried">Destinations to avoid while there is another.</param>
    /// <param name="cancellation">The caller leaves, or its time is up.</param>
    /// <exception cref="GatewayException">None came free: <see cref="ErrorKind.Overloaded"/>, or <see cref="ErrorKind.NotReady"/>.</exception>
    public ValueTask<DestinationLease> LeaseAsync(
        string cluster, PromptPrefix prefix, IReadOnlyList<UpstreamDestination> tried, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var found = Find(cluster) ?? throw new GatewayException(ErrorKind.NotReady, $"Cluster '{cluster}' is not configured; add {ClusterOptions.Section}:{cluster}.");
        var destination = found.TryEnter(prefix, tried)
            ?? throw new GatewayException(ErrorKind.Overloaded, $"Every destination of cluster '{cluster}' is at its limit; try again later.");
        return ValueTask.FromResult(new DestinationLease(found, destination));
    }

    /// <summary>Sends a call and reads its whole reply, on another destination where one fails.</summary>
    /// <exception cref="GatewayException">There was no answer: the kind says whether the destinations failed, timed out, were busy or not ready.</exception>
    public async Task<UpstreamReply> SendAsync(UpstreamCall call, CancellationToken cancellation)
    {
        using var lease = await LeaseAsync(call.Cluster, call.Prefix, [], cancellation);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(lease.Options.TimeoutMs), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            var attempt = new UpstreamAttempt(call, lease, clock);
            return await attempt.RunAsync(1, either.Token);
        }
        catch (HttpRequestException e)
        {
            throw new GatewayException(ErrorKind.UpstreamFailed, $"Destination {lease.Destination.Name} of cluster '{call.Cluster}' failed: {e.HttpRequestError}.");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GatewayException(ErrorKind.UpstreamTimedOut, $"Cluster '{call.Cluster}' did not answer within {lease.Options.TimeoutMs} ms.");
        }
    }

    /// <inheritdoc/>
    public void OnClusterAdded(ClusterState cluster)
    {
        var added = new UpstreamCluster(cluster);
        added.Configure(filter.Options(cluster.Model.Config));
        _clusters[cluster.ClusterId] = added;
    }

    /// <inheritdoc/>
    public void OnClusterChanged(ClusterState cluster) => Find(cluster.ClusterId)?.Configure(filter.Options(cluster.Model.Config));

    /// <inheritdoc/>
    public void OnClusterRemoved(ClusterState cluster) => _clusters.TryRemove(cluster.ClusterId, out _);
}
