using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>Writes the requests of YARP's active probes, with the cluster's authorization, and marks them for <see cref="ProbeHandler"/>.</summary>
internal sealed class ProbeRequests(UpstreamPool pool) : IProbingRequestFactory
{
    /// <summary>Whom a probe asks.</summary>
    public static HttpRequestOptionsKey<UpstreamDestination> Asked { get; } = new("Gateway.Probe");

    /// <inheritdoc/>
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination)
    {
        var active = cluster.Config.HealthCheck?.Active;
        var address = string.IsNullOrEmpty(destination.Config.Health) ? destination.Config.Address : destination.Config.Health;
        var found = pool.Find(cluster.Config.ClusterId);
        var request = Get(cluster, destination, found?.Options, address.TrimEnd('/') + active?.Path + active?.Query);
        if (found?.Destinations.FirstOrDefault(one => one.State.Model == destination) is { } asked)
        {
            request.Options.Set(Asked, asked);
        }

        return request;
    }

    /// <summary>A GET to a destination as its cluster sends it.</summary>
    public static HttpRequestMessage Get(ClusterModel cluster, DestinationModel destination, ClusterOptions? options, string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address)
        {
            Version = cluster.Config.HttpRequest?.Version ?? HttpVersion.Version20,
            VersionPolicy = cluster.Config.HttpRequest?.VersionPolicy ?? HttpVersionPolicy.RequestVersionOrLower,
        };
        if (options?.Authorization is { Length: > 0 } authorization)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        if (destination.Config.Host is { Length: > 0 } host)
        {
            request.Headers.Host = host;
        }

        return request;
    }
}
