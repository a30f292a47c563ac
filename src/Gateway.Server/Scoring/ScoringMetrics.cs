using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Scoring;

/// <summary>What the scoring path shows of itself in <c>/metrics</c>.</summary>
internal sealed class ScoringMetrics
{
    /// <summary>Registers the gauges.</summary>
    public ScoringMetrics(IMeterFactory meters, Admission admission)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Scoring");
        meter.CreateObservableGauge("gateway.items_in_flight", () => admission.Items, description: "Responses being scored.");
        meter.CreateObservableGauge("gateway.bytes_in_flight", () => admission.Bytes, "By", "Bytes of request bodies in flight.");
    }
}
