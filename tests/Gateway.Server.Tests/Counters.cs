using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Server.Tests;

/// <summary>Sums what the counters of one host counted since it was made; gauges show their last value.</summary>
internal sealed class Counters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);

    /// <summary>Listens to the meters of the host whose services these are.</summary>
    public Counters(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The value of an instrument by name, or by name and one tag's value as <c>name{value}</c>.</summary>
    public double this[string name]
    {
        get
        {
            _listener.RecordObservableInstruments();
            return _values.GetValueOrDefault(name);
        }
    }

    /// <summary>Every value, for a failing test's message.</summary>
    public override string ToString() => string.Join(", ", _values.OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key} {value.Value}"));

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var sums = !instrument.IsObservable;
        Add(instrument.Name, value, sums);
        foreach (var tag in tags)
        {
            Add($"{instrument.Name}{{{tag.Value}}}", value, sums);
        }
    }

    private void Add(string name, double value, bool sums) => _values.AddOrUpdate(name, value, (_, before) => sums ? before + value : value);
}
