using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Judging;

/// <summary>What judges show in <c>/metrics</c>, by judge; their names are the operator's own.</summary>
internal sealed class JudgeMetrics
{
    /// <summary>The outcome of a call that was given up since nobody waited for it any more, or a sibling's failure made it useless.</summary>
    public const string Cancelled = "cancelled";

    private static readonly double[] Seconds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300];

    private readonly ConcurrentDictionary<JudgeLimits, bool> _limits = [];
    private readonly Counter<long> _calls;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _wait;

    /// <summary>Registers the instruments.</summary>
    public JudgeMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Judging");
        _calls = meter.CreateCounter<long>("gateway.judge.calls", description: "Calls of a judge, by how they ended: ok, cancelled, or the error's kind.");
        _tokens = meter.CreateCounter<long>("gateway.judge.tokens", description: "Tokens that a judge read (prompt) and wrote (completion).");
        _cost = meter.CreateCounter<double>("gateway.judge.cost", description: "What a judge's tokens cost by its configured prices.");
        _refused = meter.CreateCounter<long>("gateway.judge.refused", description: "Calls that could not have their turn within the judge's limits in time.");
        _wait = meter.CreateHistogram(
            "gateway.judge.wait", "s", "How long calls waited for their turn within the judge's limits.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        meter.CreateObservableGauge("gateway.judge.in_flight", () => Each(limits => limits.InFlight), description: "Calls of a judge that are under way.");
        meter.CreateObservableGauge("gateway.judge.waiting", () => Each(limits => limits.Waiting), description: "Calls that wait for their turn within a judge's limits.");
        meter.CreateObservableGauge(
            "gateway.judge.minute_tokens", () => Each(limits => limits.TokensTaken),
            description: "Tokens of a judge in the last 60 seconds: what calls used, and what those under way reserve.");
    }

    /// <summary>Shows how full these limits are.</summary>
    public void Watch(JudgeLimits limits)
    {
        _limits[limits] = true;
        // Reads zero before anything was refused.
        _refused.Add(0, Of(limits.Judge));
    }

    /// <summary>Shows these limits no more.</summary>
    public void Forget(JudgeLimits limits) => _limits.TryRemove(limits, out _);

    /// <summary>A call ended.</summary>
    public void Called(string judge, string outcome) => _calls.Add(1, Of(judge), new KeyValuePair<string, object?>("outcome", outcome));

    /// <summary>A call used tokens.</summary>
    public void Used(string judge, long promptTokens, long completionTokens, double cost)
    {
        _tokens.Add(promptTokens, Of(judge), new KeyValuePair<string, object?>("kind", "prompt"));
        _tokens.Add(completionTokens, Of(judge), new KeyValuePair<string, object?>("kind", "completion"));
        _cost.Add(cost, Of(judge));
    }

    /// <summary>A call had its turn after this long.</summary>
    public void Waited(string judge, TimeSpan waited) => _wait.Record(waited.TotalSeconds, Of(judge));

    /// <summary>A call was refused.</summary>
    public void Refused(string judge) => _refused.Add(1, Of(judge));

    private IEnumerable<Measurement<long>> Each(Func<JudgeLimits, long> value) => _limits.Keys.Select(limits => new Measurement<long>(value(limits), Of(limits.Judge)));

    private static KeyValuePair<string, object?> Of(string judge) => new("judge", judge);
}
