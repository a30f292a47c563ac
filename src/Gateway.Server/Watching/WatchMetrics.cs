using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Watching;

/// <summary>What the watch shows in <c>/metrics</c>: by model, of its runs the one nearest to collapse. Runs' names are clients', so they are no tags.</summary>
internal sealed class WatchMetrics
{
    private readonly PolicyWatch _watch;

    /// <summary>Registers the instruments.</summary>
    public WatchMetrics(IMeterFactory meters, PolicyWatch watch)
    {
        _watch = watch;
        var meter = meters.Create(TelemetryRoom.Meters + "Watching");
        meter.CreateObservableCounter("gateway.watch.alarms", Alarms, description: "Alarms raised, by model and kind.");
        meter.CreateObservableGauge("gateway.watch.runs", () => watch.Runs.Count, description: "Runs being watched.");
        Gauge("same_share", "Share of prompts with one same response; the highest of the model's runs.", runs => runs.Max(run => run.Same));
        Gauge("near_same_share", "Share of prompts with one nearly same response; the highest.", runs => runs.Max(run => run.NearSame));
        Gauge("diversity", "Different responses by responses; the lowest.", runs => runs.Min(run => run.Diversity));
        Gauge("median_bytes", "Median length of responses; the lowest.", runs => runs.Min(run => run.MedianBytes));
        Gauge("findings_per_thousand", "Responses with findings in a thousand; the highest.", runs => runs.Max(run => run.FindingsPerThousand));

        void Gauge(string name, string description, Func<IEnumerable<WindowSummary>, double> of) =>
            meter.CreateObservableGauge("gateway.watch." + name, () => ByModel(of), description: description);
    }

    private IEnumerable<Measurement<double>> ByModel(Func<IEnumerable<WindowSummary>, double> of) =>
        from run in _watch.Runs
        let summary = run.Summary
        where summary.Responses > 0
        group summary by run.Model into model
        select new Measurement<double>(of(model), new KeyValuePair<string, object?>("model", model.Key));

    private IEnumerable<Measurement<long>> Alarms() => _watch.AlarmCounts.Select(counted => new Measurement<long>(
        counted.Value,
        new KeyValuePair<string, object?>("model", counted.Key.Model),
        new KeyValuePair<string, object?>("kind", WatchProtocol.NameOf(counted.Key.Kind))));
}
