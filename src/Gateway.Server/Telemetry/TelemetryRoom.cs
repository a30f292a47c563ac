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

    // Of instruments whose labels hold names of the deployment's: each rule and action for each model, each outcome for each destination, a few for each model or judge.
    private static readonly FrozenDictionary<string, int> ManySeries = new Dictionary<string, int>
    {
        ["Hardening"] = 2_000, ["Upstream"] = 1_000, ["Controls"] = 500, ["Judging"] = 500, ["Juries"] = 500, ["Watching"] = 500,
    }.ToFrozenDictionary(pair => Meters + pair.Key, pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Registers the collection that <c>/metrics</c> serves in the Prometheus text format.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services)
    {
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Meters + "*", "System.Runtime")
            // Room for all series is taken at the start, 90 bytes for each; OpenTelemetry allows 2,000 where nothing else is said.
            .AddView(instrument => new MetricStreamConfiguration { CardinalityLimit = ManySeries.GetValueOrDefault(instrument.Meter.Name, FewSeries) })
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
