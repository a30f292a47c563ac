using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Rubrics;

/// <summary>What the catalogue shows in <c>/metrics</c>.</summary>
internal sealed class PrinciplesMetrics
{
    /// <summary>Registers the instruments.</summary>
    public PrinciplesMetrics(IMeterFactory meters, PrincipleCatalog catalog)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Rubrics");
        meter.CreateObservableGauge("gateway.principles", () => catalog.Current.Principles.Count, description: "Principles in force.");
        meter.CreateObservableGauge("gateway.principles.faults", () => catalog.Faults.Count, description: "Faults of the folder as it is now; above 0, older principles are in force.");
        meter.CreateObservableCounter(
            "gateway.principles.changes",
            () => (Measurement<long>[])[Outcome("taken", catalog.Taken), Outcome("refused", catalog.Refused)],
            description: "Changes of the folder, by outcome.");
    }

    private static Measurement<long> Outcome(string outcome, long count) => new(count, new KeyValuePair<string, object?>("outcome", outcome));
}
