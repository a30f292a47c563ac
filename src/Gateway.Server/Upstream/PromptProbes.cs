using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>Probes a cluster at once, beside YARP's regular rounds, where it changed or a destination must be asked for its model.</summary>
internal sealed class PromptProbes : IClusterChangeListener
{
    private readonly Dictionary<string, bool> _asking = new(StringComparer.OrdinalIgnoreCase);
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
        lock (_asking)
        {
            // A round that is under way may have asked before there was a reason to.
            if (!_asking.TryAdd(cluster.ClusterId, false))
            {
                _asking[cluster.ClusterId] = true;
                return;
            }
        }

        _ = AskAsync(cluster);
    }

    private async Task AskAsync(ClusterState cluster)
    {
        var again = true;
        while (again)
        {
            try
            {
                await _monitor.CheckHealthAsync([cluster]);
            }
            finally
            {
                again = Again(cluster.ClusterId);
            }
        }
    }

    private bool Again(string cluster)
    {
        lock (_asking)
        {
            if (_asking.Remove(cluster, out var again) && again)
            {
                _asking[cluster] = false;
            }

            return again;
        }
    }
}
