using System.Collections.Concurrent;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>Probes a cluster at once, beside YARP's regular rounds, where it changed or a destination must be asked for its model.</summary>
internal sealed class PromptProbes : IClusterChangeListener
{
    private readonly ConcurrentDictionary<string, bool> _asking = new(StringComparer.OrdinalIgnoreCase);
    private readonly IActiveHealthCheckMonitor _monitor;

    /// <summary>Listens to the pool's doubts.</summary>
    public PromptProbes(IActiveHealthCheckMonitor monitor, UpstreamEvents events)
    {
        _monitor = monitor;
        events.Doubted += cluster => Ask(cluster.State);
    }

    /// <inheritdoc/>
    public void OnClusterAdded(ClusterState cluster)
    {
        // YARP's own first round follows the first configuration.
        if (_monitor.InitialProbeCompleted)
        {
            Ask(cluster);
        }
    }

    /// <inheritdoc/>
    public void OnClusterChanged(ClusterState cluster) => Ask(cluster);

    /// <inheritdoc/>
    public void OnClusterRemoved(ClusterState cluster)
    {
    }

    private void Ask(ClusterState cluster)
    {
        if (_asking.TryAdd(cluster.ClusterId, true))
        {
            _ = AskAsync(cluster);
        }
    }

    private async Task AskAsync(ClusterState cluster)
    {
        try
        {
            await _monitor.CheckHealthAsync([cluster]);
        }
        finally
        {
            _asking.TryRemove(cluster.ClusterId, out _);
        }
    }
}
