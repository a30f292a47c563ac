using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>
/// What YARP's active probes mean: one success makes a destination healthy, two failures in a row unhealthy, another model than wanted at once.
/// </summary>
internal sealed class ProbePolicy(UpstreamPool pool, IDestinationHealthUpdater updater) : IActiveHealthCheckPolicy
{
    private const int FailuresInARow = 2;

    /// <summary>The policy's name in YARP's configuration.</summary>
    public const string PolicyName = "Engine";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        if (pool.Find(cluster.ClusterId) is not { } own)
        {
            return;
        }

        updater.SetActive(cluster, [.. probingResults.Select(result => new NewActiveDestinationHealth(result.Destination, Health(own, result)))]);
        own.Serve();
    }

    private static DestinationHealth Health(UpstreamCluster cluster, DestinationProbingResult result)
    {
        var destination = cluster.Destinations.FirstOrDefault(one => one.State == result.Destination);
        if (destination is null)
        {
            return result.Destination.Health.Active;
        }

        if (result.Response?.IsSuccessStatusCode == true)
        {
            destination.FailedProbes = 0;
            destination.Breaker.Encourage();
            return DestinationHealth.Healthy;
        }

        destination.FailedProbes++;
        // Who is not there may come back as another; one that is busy fails a probe too and is still the same.
        var isGone = result.Response is null && result.Exception is not OperationCanceledException;
        if ((isGone || destination.FailedProbes >= FailuresInARow) && result.Response?.StatusCode != HttpStatusCode.MisdirectedRequest)
        {
            destination.Model.Doubt();
        }

        return destination.FailedProbes >= FailuresInARow || result.Response?.StatusCode == HttpStatusCode.MisdirectedRequest
            ? DestinationHealth.Unhealthy
            : result.Destination.Health.Active;
    }
}
