using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Gateway.Core.Scoring;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Server.Upstream;

/// <summary>
/// Joins the gateway's settings of a cluster to YARP's, so that both change at once: YARP's configuration carries a number, and under that
/// number the settings are here.
/// </summary>
internal sealed class ClusterFilter(IConfiguration configuration) : IProxyConfigFilter
{
    private const string Edition = "Gateway:Edition";

    private readonly ClustersOptionsValidator _validator = new();
    private readonly ConcurrentDictionary<string, ClusterOptions> _byEdition = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (string Settings, string Edition)> _latest = new(StringComparer.OrdinalIgnoreCase);
    private int _editions;

    /// <summary>The gateway's settings of a cluster as YARP has it now.</summary>
    public ClusterOptions Options(ClusterConfig cluster) => _byEdition[cluster.Metadata![Edition]];

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
        return ValueTask.FromResult(cluster with { Metadata = metadata });
    }

    /// <inheritdoc/>
    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => ValueTask.FromResult(route);

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
