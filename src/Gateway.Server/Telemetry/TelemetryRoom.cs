using OpenTelemetry.Metrics;

namespace Gateway.Server.Telemetry;

/// <summary>The room of metrics, and of what the log says of failures. Each room counts its own with an <c>XMetrics</c> of its own; this one only collects and serves them.</summary>
internal static class TelemetryRoom
{
    /// <summary>What the name of every meter of the gateway begins with; <c>/metrics</c> serves them all.</summary>
    public const string Meters = "Gateway.";

    /// <summary>Registers the collection that <c>/metrics</c> serves in the Prometheus text format.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters + "*", "System.Runtime")
            .AddPrometheusExporter());
        services.AddSingleton<FailureLog>();
        return services;
    }

    /// <summary>Registers the metrics of a room; they are there from the start, so that a counter reads zero before anything happens.</summary>
    public static IServiceCollection AddMetrics<TMetrics>(this IServiceCollection services)
        where TMetrics : class
    {
        services.AddSingleton<TMetrics>();
        services.AddHostedService<AtStart<TMetrics>>();
        return services;
    }

    /// <summary>Makes a room's metrics when the host starts: not sooner, since what they need reads settings that must have been checked.</summary>
    private sealed class AtStart<TMetrics>(IServiceProvider services) : IHostedService
        where TMetrics : class
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<TMetrics>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
