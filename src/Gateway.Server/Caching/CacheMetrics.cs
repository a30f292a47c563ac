using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Caching;

/// <summary>What the cache shows of itself in <c>/metrics</c> and in the reply of a drop.</summary>
internal sealed class CacheMetrics
{
    private readonly Counter<long> _hits;
    private readonly Counter<long> _misses;
    private readonly Counter<long> _joined;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _bytes;
    private readonly Counter<long> _failures;
    private readonly Histogram<double> _lookup;
    private readonly long[] _counts = new long[Enum.GetValues<CacheCount>().Length];

    /// <summary>Makes the meters.</summary>
    public CacheMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Cache");
        Meter = meter;
        _hits = meter.CreateCounter<long>("gateway.cache.hits", description: "Units whose scores were stored, by tier.");
        _misses = meter.CreateCounter<long>("gateway.cache.misses", description: "Units whose scores were looked for in vain.");
        _joined = meter.CreateCounter<long>("gateway.cache.joined", description: "Units that waited for a run of the same unit.");
        _stored = meter.CreateCounter<long>("gateway.cache.stored", description: "Units whose scores were stored, by tier.");
        _dropped = meter.CreateCounter<long>("gateway.cache.dropped", description: "Units whose scores were not stored, by reason.");
        _rejected = meter.CreateCounter<long>("gateway.cache.rejected", description: "Values of Redis that were not taken, by reason.");
        _bytes = meter.CreateCounter<long>("gateway.cache.bytes", "By", "Payload bytes read from and written to Redis.");
        _failures = meter.CreateCounter<long>("gateway.cache.failures", description: "Requests of Redis that failed, by operation.");
        _lookup = meter.CreateHistogram<double>("gateway.cache.lookup.duration", "s", "Time that a request waited for Redis.", advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 1],
        });
    }

    /// <summary>The cache's meter, for what others measure of themselves.</summary>
    public Meter Meter { get; }

    /// <summary>Units answered by this process's own memory.</summary>
    public void HitsInProcess(int units) => Add(CacheCount.HitsInProcess, _hits, units, "tier", "process");

    /// <summary>Units answered by Redis.</summary>
    public void HitsInRedis(int units) => Add(CacheCount.HitsInRedis, _hits, units, "tier", "redis");

    /// <summary>Units that no tier had.</summary>
    public void Misses(int units) => Add(CacheCount.Misses, _misses, units);

    /// <summary>Units that waited for another's run.</summary>
    public void Joined(int units) => Add(CacheCount.Joined, _joined, units);

    /// <summary>Units stored in this process.</summary>
    public void StoredInProcess(int units) => Add(CacheCount.StoredInProcess, _stored, units, "tier", "process");

    /// <summary>Units stored in Redis.</summary>
    public void StoredInRedis(int units) => Add(CacheCount.StoredInRedis, _stored, units, "tier", "redis");

    /// <summary>Units that were not stored.</summary>
    public void Dropped(int units, DropReason reason) => Add(CacheCount.Dropped, _dropped, units, "reason", Names.Of(reason));

    /// <summary>A value of Redis that was not taken.</summary>
    public void Rejected(PayloadFault fault) => Add(CacheCount.Rejected, _rejected, 1, "reason", Names.Of(fault));

    /// <summary>Payload bytes that came from Redis.</summary>
    public void Read(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "read"));

    /// <summary>Payload bytes that went to Redis.</summary>
    public void Written(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>("direction", "written"));

    /// <summary>A request of Redis that failed.</summary>
    public void Failed(string operation) => _failures.Add(1, new KeyValuePair<string, object?>("operation", operation));

    /// <summary>How long a request waited for Redis.</summary>
    public void LookedUp(TimeSpan took) => _lookup.Record(took.TotalSeconds);

    /// <summary>One count since the start.</summary>
    public long this[CacheCount count] => Interlocked.Read(ref _counts[(int)count]);

    private void Add(CacheCount count, Counter<long> counter, int units, string? tag = null, string? value = null)
    {
        if (units == 0)
        {
            return;
        }

        Interlocked.Add(ref _counts[(int)count], units);
        if (tag is null)
        {
            counter.Add(units);
        }
        else
        {
            counter.Add(units, new KeyValuePair<string, object?>(tag, value));
        }
    }

    private static class Names
    {
        private static readonly string[] Faults = [.. Enum.GetNames<PayloadFault>().Select(name => name.ToLowerInvariant())];
        private static readonly string[] Reasons = ["queue_full", "too_large", "paused", "failed", "provisional"];

        public static string Of(PayloadFault fault) => Faults[(int)fault];

        public static string Of(DropReason reason) => Reasons[(int)reason];
    }
}

/// <summary>What is counted since the start.</summary>
internal enum CacheCount
{
    /// <summary>Units answered by this process.</summary>
    HitsInProcess,

    /// <summary>Units answered by Redis.</summary>
    HitsInRedis,

    /// <summary>Units that no tier had.</summary>
    Misses,

    /// <summary>Units that waited for another's run.</summary>
    Joined,

    /// <summary>Units stored in this process.</summary>
    StoredInProcess,

    /// <summary>Units stored in Redis.</summary>
    StoredInRedis,

    /// <summary>Units that were not stored.</summary>
    Dropped,

    /// <summary>Values of Redis that were not taken.</summary>
    Rejected,
}

/// <summary>Why scores were not stored.</summary>
internal enum DropReason
{
    /// <summary>More wait to be written than <see cref="CacheOptions.WriteQueue"/>.</summary>
    QueueFull,

    /// <summary>The payload is larger than <see cref="CacheOptions.LargestBytes"/>.</summary>
    TooLarge,

    /// <summary>Redis is left alone for a while.</summary>
    Paused,

    /// <summary>Redis refused them, or did not answer.</summary>
    Failed,

    /// <summary>They may turn out to be none, or better ones can be had: see <see cref="Gateway.Core.Scoring.Score.IsProvisional"/>.</summary>
    Provisional,
}
