using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>The pool's choice in YARP's own pipeline, by the same counts of calls in flight.</summary>
internal sealed class UpstreamBalancing(UpstreamPool pool) : ILoadBalancingPolicy
{
    /// <summary>The policy's name in YARP's configuration.</summary>
    public const string PolicyName = "Gateway";

    /// <inheritdoc/>
    public string Name => PolicyName;

    /// <inheritdoc/>
    public DestinationState? PickDestination(HttpContext context, ClusterState cluster, IReadOnlyList<DestinationState> availableDestinations) =>
        pool.Find(cluster.ClusterId)?.Choose(availableDestinations)?.State ?? availableDestinations[0];
}
