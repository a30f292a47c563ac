using HdrHistogram;

namespace Gateway.LoadTests.Load;

/// <summary>Collects outcomes of one window from many callers: latencies of successes in an HDR histogram (µs, 3 digits), failures by kind.</summary>
internal sealed class LoadRecorder
{
    private static readonly long LongestMicroseconds = (long)TimeSpan.FromHours(1).TotalMicroseconds;

    private readonly Lock _lock = new();
    private readonly LongHistogram _latency = new(1, LongestMicroseconds, 3);
    private readonly Dictionary<string, long> _errors = new(StringComparer.Ordinal);
    private long _items;

    /// <summary>Counts one operation.</summary>
    public void Record(StepOutcome outcome, TimeSpan latency)
    {
        lock (_lock)
        {
            if (outcome.Error is { } kind)
            {
                _errors[kind] = _errors.GetValueOrDefault(kind) + 1;
                return;
            }

            _items += outcome.Items;
            _latency.RecordValue(Math.Clamp((long)latency.TotalMicroseconds, 1, LongestMicroseconds));
        }
    }

    /// <summary>What was counted so far.</summary>
    public LoadReport Report(string scenario, TimeSpan elapsed)
    {
        lock (_lock)
        {
            return new LoadReport(scenario, elapsed, _latency.TotalCount, _items, Summary(), new Dictionary<string, long>(_errors, StringComparer.Ordinal));
        }
    }

    private LatencySummary Summary() => _latency.TotalCount == 0
        ? default
        : new LatencySummary(At(50), At(90), At(99), At(99.9), At(100));

    private double At(double percentile) => _latency.GetValueAtPercentile(percentile) / 1000.0;
}
