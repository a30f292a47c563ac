using System.Diagnostics;
using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Upstream;

/// <summary>What the pool shows of clusters and destinations in <c>/metrics</c>; names of both are the operator's own.</summary>
internal sealed class UpstreamMetrics
{
    private static readonly double[] Seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];
    private static readonly string[] Outcomes = [.. Enum.GetValues<AttemptOutcome>().Order().Select(Name)];
    private static readonly string[] Kinds = [.. Enum.GetValues<FailureKind>().Order().Select(Name)];

    private readonly Counter<long> _attempts;
    private readonly Counter<long> _retries;
    private readonly Histogram<double> _duration;
    private Func<IEnumerable<UpstreamCluster>> _clusters = () => [];

    /// <summary>Registers the instruments.</summary>
    public UpstreamMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Upstream");
        _attempts = meter.CreateCounter<long>("gateway.upstream.attempts", description: "Calls sent to a destination, by how they ended.");
        _retries = meter.CreateCounter<long>("gateway.upstream.retries", description: "Calls tried again, by why the attempt on this destination failed.");
        _duration = meter.CreateHistogram(
            "gateway.upstream.duration", "s", "From taking a place on a destination to giving it back.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        meter.CreateObservableGauge("gateway.upstream.in_flight", () => Each(one => one.InFlight), description: "Calls on a destination.");
        meter.CreateObservableGauge("gateway.upstream.breaker", () => Each(one => (int)one.Breaker.State), description: "0 closed, 1 half open, 2 open.");
        meter.CreateObservableGauge("gateway.upstream.healthy", () => Each(one => one.IsUsable ? 1 : 0), description: "1 where a destination may be used.");
        meter.CreateObservableGauge("gateway.upstream.wrong_model", () => Each(one => one.Model.Fault is null ? 0 : 1), description: "1 where a destination serves another model than configured.");
        meter.CreateObservableGauge(
            "gateway.upstream.waiting",
            () => _clusters().Select(cluster => new Measurement<int>(cluster.Waiting, new KeyValuePair<string, object?>("cluster", cluster.Name))),
            description: "Calls that wait for a destination of a cluster.");
    }

    /// <summary>Observes these clusters.</summary>
    public void Watch(Func<IEnumerable<UpstreamCluster>> clusters) => _clusters = clusters;

    /// <summary>A place on a destination was given back.</summary>
    public void Ended(UpstreamDestination destination, AttemptOutcome outcome, TimeSpan took)
    {
        _attempts.Add(1, Tags(destination, "outcome", Outcomes[(int)outcome]));
        if (outcome is AttemptOutcome.Answered)
        {
            _duration.Record(took.TotalSeconds, Tags(destination));
        }
    }

    /// <summary>A call is tried again.</summary>
    public void Retried(UpstreamDestination after, FailureKind kind) => _retries.Add(1, Tags(after, "reason", Kinds[(int)kind]));

    private static string Name<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    private static TagList Tags(UpstreamDestination destination) => new() { { "cluster", destination.Cluster }, { "destination", destination.Name } };

    private static TagList Tags(UpstreamDestination destination, string key, string value)
    {
        var tags = Tags(destination);
        tags.Add(key, value);
        return tags;
    }

    private IEnumerable<Measurement<int>> Each(Func<UpstreamDestination, int> value) =>
        _clusters().SelectMany(cluster => cluster.Destinations).Select(one => new Measurement<int>(value(one), Tags(one)));
}
