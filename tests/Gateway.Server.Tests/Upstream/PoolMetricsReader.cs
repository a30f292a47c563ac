using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Server.Tests.Upstream;

/// <summary>Reads what one pool's meters say.</summary>
internal sealed class PoolMetricsReader : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> _seen = new();

    public PoolMetricsReader(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Meter.Name == "Gateway.Upstream")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _seen.Enqueue((instrument.Name, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => _seen.Enqueue((instrument.Name, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _seen.Enqueue((instrument.Name, value, tags.ToArray())));
        _listener.Start();
    }

    /// <summary>The sum of a counter over the measurements with these tags.</summary>
    public int Total(string name, params (string Key, string Value)[] tags) => (int)Matching(name, tags).Sum(one => one.Value);

    /// <summary>How often something was measured.</summary>
    public int Count(string name, params (string Key, string Value)[] tags) => Matching(name, tags).Count();

    /// <summary>A gauge as it is now.</summary>
    public double Gauge(string name, params (string Key, string Value)[] tags)
    {
        _listener.RecordObservableInstruments();
        return Matching(name, tags).Last().Value;
    }

    public void Dispose() => _listener.Dispose();

    private IEnumerable<(string Name, double Value, KeyValuePair<string, object?>[] Tags)> Matching(string name, (string Key, string Value)[] tags) =>
        _seen.Where(one => one.Name == name && tags.All(tag => one.Tags.Any(own => own.Key == tag.Key && (string?)own.Value == tag.Value)));
}
