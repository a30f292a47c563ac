using System.Diagnostics.Metrics;
using Gateway.Core.Aggregation;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Judging.Juries;

/// <summary>What juries show in <c>/metrics</c>, by jury; their names are the operator's own.</summary>
internal sealed class JuryMetrics
{
    private static readonly double[] Deviations = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

    private readonly Counter<long> _missing;
    private readonly Counter<long> _alarms;
    private readonly Histogram<double> _disagreement;

    /// <summary>Registers the instruments.</summary>
    public JuryMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Juries");
        _missing = meter.CreateCounter<long>("gateway.jury.missing", description: "Responses of which a juror gave no score that counts, by juror.");
        _alarms = meter.CreateCounter<long>("gateway.jury.alarms", description: "Responses of which the jurors disagreed by more than the jury declares as alarming.");
        _disagreement = meter.CreateHistogram(
            "gateway.jury.disagreement", description: "The standard deviation of the jurors' z-scores of a response, where they are calibrated.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Deviations });
    }

    /// <summary>The jurors voted on a response.</summary>
    public void Voted(string jury, JuryReport report)
    {
        foreach (var juror in report.Jurors.Where(juror => juror.Value is null))
        {
            _missing.Add(1, Of(jury), new KeyValuePair<string, object?>("juror", juror.Juror.Name));
        }

        if (report.Disagreement is { } disagreement)
        {
            _disagreement.Record(disagreement, Of(jury));
        }

        _alarms.Add(report.IsAlarm ? 1 : 0, Of(jury));
    }

    private static KeyValuePair<string, object?> Of(string jury) => new("jury", jury);
}
