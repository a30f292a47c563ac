using System.Diagnostics.Metrics;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Caching;

/// <summary>What the cache of generated texts shows of itself in <c>/metrics</c>.</summary>
internal sealed class TextMetrics
{
    private readonly Counter<long> _asked;
    private readonly Counter<long> _made;
    private readonly Counter<long> _found;
    private readonly Counter<long> _waited;
    private readonly Counter<long> _rejected;
    private readonly Counter<long> _failures;

    /// <summary>Registers the counters.</summary>
    public TextMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryRoom.Meters + "Caching.Texts");
        _asked = Start(meter.CreateCounter<long>("gateway.texts_asked", description: "Generated texts that were asked for."));
        _made = Start(meter.CreateCounter<long>("gateway.texts_made", description: "Texts that this process generated."));
        _found = Start(meter.CreateCounter<long>("gateway.texts_found_in_redis", description: "Texts that this process read from Redis."));
        _waited = Start(meter.CreateCounter<long>("gateway.texts_made_elsewhere", description: "Texts that another replica generated while this process waited."));
        _rejected = Start(meter.CreateCounter<long>("gateway.texts_rejected", description: "Values in Redis that were torn, another key's, of another version or forged, and kept texts that could not be used."));
        _failures = Start(meter.CreateCounter<long>("gateway.texts_redis_failures", description: "Steps with Redis that failed, took too long, or were left out while it pauses."));
    }

    /// <summary>Counts a call.</summary>
    public void Asked() => _asked.Add(1);

    /// <summary>Counts a generation of this process.</summary>
    public void Made() => _made.Add(1);

    /// <summary>Counts a text that was in Redis.</summary>
    public void Found() => _found.Add(1);

    /// <summary>Counts a text that another replica made.</summary>
    public void MadeElsewhere() => _waited.Add(1);

    /// <summary>Counts a value that was no text of its key, or a text that cannot be used.</summary>
    public void Rejected() => _rejected.Add(1);

    /// <summary>Counts a step with Redis that failed.</summary>
    public void RedisFailed() => _failures.Add(1);

    private static Counter<long> Start(Counter<long> counter)
    {
        counter.Add(0);
        return counter;
    }
}
