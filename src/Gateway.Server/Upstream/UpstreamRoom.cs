using Gateway.Core.Scoring;
using Gateway.Server.Configuration;
using Gateway.Server.Telemetry;
using Gateway.Server.Upstream.Engines;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Upstream;

/// <summary>The room of the servers behind the gateway.</summary>
internal static class UpstreamRoom
{
    /// <summary>Registers the clusters of <c>Gateway:Clusters</c> and the pool over them.</summary>
    public static IServiceCollection AddUpstreams(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<ClustersOptions, ClustersOptionsValidator>(ClusterOptions.Section);
        services.AddSingleton(new SettingsSection("Gateway:Routes", typeof(Dictionary<string, RouteConfig>)));
        services.AddMetrics<UpstreamMetrics>();
        services.AddSingleton<UpstreamEvents>();
        services.AddSingleton<UpstreamPool>();
        // The pool first: YARP's probes and ours ask it for its clusters.
        services.AddSingleton<IClusterChangeListener>(all => all.GetRequiredService<UpstreamPool>());
        services.AddSingleton<IForwarderHttpClientFactory, UpstreamClients>();
        services.AddSingleton<IProbingRequestFactory, ProbeRequests>();
        services.AddSingleton<IActiveHealthCheckPolicy, ProbePolicy>();
        services.AddSingleton<ILoadBalancingPolicy, UpstreamBalancing>();
        services.AddSingleton<ClusterFilter>();
        services.AddSingleton<IProxyConfigFilter>(all => all.GetRequiredService<ClusterFilter>());
        services.AddEngines();
        services.AddReverseProxy().LoadFromConfig(configuration.GetSection("Gateway"));
        services.AddSingleton<IClusterChangeListener, PromptProbes>();
        return services.WithoutKeysAtStart();
    }

    // YARP brings data protection for cookies that no cluster here sets, and that would read or make its keys, in XML, whenever the process starts.
    private static IServiceCollection WithoutKeysAtStart(this IServiceCollection services)
    {
        foreach (var service in services.Where(service => service.ImplementationType is { Name: "DataProtectionHostedService" }).ToArray())
        {
            services.Remove(service);
        }

        return services;
    }

    /// <summary>Loads the clusters and maps the configured proxy routes.</summary>
    /// <exception cref="StartupException">Clusters or routes do not fit; all problems are listed.</exception>
    public static void MapUpstreams(this WebApplication app)
    {
        try
        {
            app.MapReverseProxy(pipeline =>
            {
                pipeline.UseLoadBalancing();
                pipeline.Use((http, next) => RoutePlace.RunAsync(http, next));
            });
        }
        catch (InvalidOperationException e) when (e.InnerException is AggregateException all)
        {
            throw new StartupException([.. all.Flatten().InnerExceptions.SelectMany(Problems)]);
        }
    }

    private static IEnumerable<string> Problems(Exception fault) => fault switch
    {
        StartupException startup => startup.Problems,
        { InnerException: StartupException startup } => startup.Problems,
        _ => [fault.Message],
    };
}
