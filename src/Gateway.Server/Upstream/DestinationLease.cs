using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>
/// One call's place on a destination: where to send it and with what. Whoever holds it says how the attempt ended, and gives the place back by
/// disposing it; without a word the attempt counts neither for nor against the destination.
/// </summary>
internal sealed class DestinationLease : IDisposable
{
    private readonly ClusterModel _model;
    private int _ended;

    /// <summary>A lease on a permit that was taken.</summary>
    public DestinationLease(UpstreamCluster cluster, UpstreamDestination destination)
    {
        Cluster = cluster;
        Destination = destination;
        Options = cluster.Options;
        _model = cluster.State.Model;
    }

    /// <summary>The cluster.</summary>
    public UpstreamCluster Cluster { get; }

    /// <summary>The destination.</summary>
    public UpstreamDestination Destination { get; }

    /// <summary>The cluster's settings at the time of the lease.</summary>
    public ClusterOptions Options { get; }

    /// <summary>YARP's state of the destination, for its forwarder.</summary>
    public DestinationState State => Destination.State;

    /// <summary>Scheme, host, port and path that the call's path is appended to.</summary>
    public string Address => Destination.Address;

    /// <summary>The cluster's HTTP client.</summary>
    public HttpMessageInvoker Client => _model.HttpClient;

    /// <summary>The HTTP version and the like.</summary>
    public ForwarderRequestConfig Request => _model.Config.HttpRequest ?? ForwarderRequestConfig.Empty;

    /// <summary>The <c>Authorization</c> header to send; null: none.</summary>
    public string? Authorization => string.IsNullOrEmpty(Options.Authorization) ? null : Options.Authorization;

    /// <summary>The destination answered, with whatever status that is not <see cref="Failed"/>'s.</summary>
    public void Succeeded()
    {
    }

    /// <summary>The destination did not answer, or said that it cannot; after <paramref name="retryAfter"/> it can.</summary>
    public void Failed(FailureKind kind, TimeSpan? retryAfter = null)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
        {
            Destination.Leave();
        }
    }
}
