using System.Collections.Frozen;
using OpenTelemetry.Metrics;

namespace Gateway.Server.Telemetry;

/// <summary>The room of metrics, and of what the log says of failures. Each room counts its own with an <c>XMetrics</c> of its own; this one only collects and serves them.</summary>
internal static class TelemetryRoom
{
    /// <summary>What the name of every meter of the gateway begins with; <c>/metrics</c> serves them all.</summary>
    public const string Meters = "Gateway.";

    /// <summary>Series of an instrument whose labels have a handful of values each.</summary>
    private const int FewSeries = 100;

    // Their labels hold names of the deployment's: models, judges, clusters and destinations.
    private static readonly FrozenSet<string> HaveASeriesForEachName = new[] { "Controls", "Hardening", "Judging", "Juries", "Upstream", "Watching" }
        .Select(meter => Meters + meter).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Registers the collection that <c>/metrics</c> serves in the Prometheus text format.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters + "*", "System.Runtime")
            .AddView(instrument => HasFewSeries(instrument.Meter.Name) ? new MetricStreamConfiguration { CardinalityLimit = FewSeries } : null)
            .AddPrometheusExporter());
        services.AddSingleton<FailureLog>();
        return services;
    }

    // Room for all series is taken at the start: 170 KiB an instrument for the 2,000 that OpenTelemetry allows where nothing else is said.
    private static bool HasFewSeries(string meter) => !HaveASeriesForEachName.Contains(meter);

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
