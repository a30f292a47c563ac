using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Scoring;

/// <summary>What control answers cost and found, in <c>/metrics</c>.</summary>
internal sealed class ControlMetrics
{
    private readonly Counter<long> _scores;
    private readonly Counter<long> _checks;

    /// <summary>Registers the counters.</summary>
    public ControlMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Controls");
        _scores = meter.CreateCounter<long>("gateway.control.scores", description: "Scores of control answers that requests used.");
        _checks = meter.CreateCounter<long>("gateway.control.checks", description: "Responses held against control answers.");
    }

    /// <summary>Counts the scores of one request's controls: stored ones, those that were judged for it or for one that it joined, and those that failed.</summary>
    public void Scored(string model, ControlTotals totals)
    {
        var (scores, cached, failed, _, _) = totals;
        Add(_scores, scores - cached - failed, model, "scored");
        Add(_scores, cached, model, "stored");
        Add(_scores, failed, model, "failed");
    }

    /// <summary>Counts a response that was held against controls.</summary>
    public void Checked(string model, ControlOutcome outcome) => Add(_checks, 1, model, outcome.ToName());

    private static void Add(Counter<long> counter, int count, string model, string outcome)
    {
        if (count > 0)
        {
            counter.Add(count, new KeyValuePair<string, object?>("outcome", outcome), new KeyValuePair<string, object?>("model", model));
        }
    }
}
