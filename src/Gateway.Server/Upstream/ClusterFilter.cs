using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace Gateway.Server.Upstream;

/// <summary>
/// Joins the gateway's settings of a cluster to YARP's, so that both change at once: YARP's configuration carries a number, and under that
/// number the settings are here.
/// </summary>
internal sealed class ClusterFilter(IConfiguration configuration) : IProxyConfigFilter
{
    private const string Edition = "Gateway:Edition";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ClustersOptionsValidator _validator = new();
    private readonly ConcurrentDictionary<string, ClusterOptions> _byEdition = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Settings, string Edition)> _latest = new(StringComparer.OrdinalIgnoreCase);
    private int _editions;

    /// <summary>The gateway's settings of a cluster as YARP has it now.</summary>
    public ClusterOptions Options(ClusterConfig cluster) => Options(cluster.Metadata);

    /// <summary>The same by the metadata that YARP has of the cluster.</summary>
    public ClusterOptions Options(IReadOnlyDictionary<string, string>? metadata) =>
        metadata is not null && metadata.TryGetValue(Edition, out var edition) ? _byEdition[edition] : new ClusterOptions();

    /// <inheritdoc/>
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel)
    {
        var options = configuration.GetSection($"{ClusterOptions.Section}:{cluster.ClusterId}").Get<ClusterOptions>() ?? new ClusterOptions();
        var problems = _validator.Problems(cluster.ClusterId, options).ToArray();
        if (problems.Length > 0)
        {
            throw new StartupException(problems);
        }

        var metadata = new Dictionary<string, string>(cluster.Metadata ?? new Dictionary<string, string>(), StringComparer.OrdinalIgnoreCase)
        {
            [Edition] = EditionOf(cluster.ClusterId, options),
        };
        return ValueTask.FromResult(cluster with
        {
            Metadata = metadata,
            LoadBalancingPolicy = UpstreamBalancing.PolicyName,
            HealthCheck = new HealthCheckConfig
            {
                AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyAndUnknown,
                Active = Probes(cluster.HealthCheck?.Active, EngineProbe.Of(options.Engine)),
                // Its policy is never asked: the breakers tell YARP.
                Passive = new PassiveHealthCheckConfig { Enabled = true },
            },
        });
    }

    /// <inheritdoc/>
    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);

    private static ActiveHealthCheckConfig? Probes(ActiveHealthCheckConfig? own, EngineProbe engine)
    {
        var path = own?.Path ?? engine.Health;
        return own?.Enabled == false || path is null ? own : new ActiveHealthCheckConfig
        {
            Enabled = true,
            Interval = own?.Interval ?? Interval,
            Timeout = own?.Timeout ?? engine.Timeout,
            Policy = ProbePolicy.PolicyName,
            Path = path,
            Query = own?.Query,
        };
    }

    private string EditionOf(string cluster, ClusterOptions options)
    {
        var settings = JsonSerializer.Serialize(options);
        if (!_latest.TryGetValue(cluster, out var latest) || latest.Settings != settings)
        {
            latest = (settings, Interlocked.Increment(ref _editions).ToString(CultureInfo.InvariantCulture));
            _byEdition[latest.Edition] = options;
            _latest[cluster] = latest;
        }

        return latest.Edition;
    }
}
