using Yarp.ReverseProxy.Forwarder;

namespace Gateway.Server.Upstream;

/// <summary>Makes each cluster's HTTP client: YARP's, with the cluster's time limits for connections, and probes that ask for the model.</summary>
internal sealed class UpstreamClients(ClusterFilter filter, UpstreamEvents events, ILogger<ForwarderHttpClientFactory> log) : ForwarderHttpClientFactory(log)
{
    /// <inheritdoc/>
    protected override bool CanReuseOldClient(ForwarderHttpClientContext context) =>
        base.CanReuseOldClient(context) && ConnectTimeout(context.OldMetadata) == ConnectTimeout(context.NewMetadata)
        && DeadAfter(context.OldMetadata) == DeadAfter(context.NewMetadata);

    /// <inheritdoc/>
    protected override void ConfigureHandler(ForwarderHttpClientContext context, SocketsHttpHandler handler)
    {
        base.ConfigureHandler(context, handler);
        handler.ConnectTimeout = ConnectTimeout(context.NewMetadata);
        DeadPeers.Watch(handler, DeadAfter(context.NewMetadata));
        // Replicas come and go behind one name: an old connection must not keep a call on one that its name no longer means.
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(10);
        // Uvicorn closes after five seconds without a request, and idle connections are looked through only once a second.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(3);
    }

    /// <inheritdoc/>
    protected override HttpMessageHandler WrapHandler(ForwarderHttpClientContext context, HttpMessageHandler handler) => new ProbeHandler(events, handler);

    private TimeSpan ConnectTimeout(IReadOnlyDictionary<string, string>? metadata) =>
        TimeSpan.FromMilliseconds(filter.Options(metadata).ConnectTimeoutMs);

    private TimeSpan DeadAfter(IReadOnlyDictionary<string, string>? metadata) =>
        TimeSpan.FromMilliseconds(filter.Options(metadata).DeadAfterMs);
}
