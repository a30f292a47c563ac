using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>Whether Redis is asked: one breaker for lookups and one for writes, since a full or read-only Redis still answers lookups.</summary>
internal sealed partial class RedisHealth
{
    private static readonly TimeSpan LongDeadline = TimeSpan.FromSeconds(1);

    private readonly CacheMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _deadline;
    private readonly ILogger<RedisHealth> _log;

    /// <summary>Makes both breakers, closed.</summary>
    public RedisHealth(IOptions<CacheOptions> options, CacheMetrics metrics, TimeProvider clock, ILogger<RedisHealth> log)
    {
        _metrics = metrics;
        _clock = clock;
        _deadline = TimeSpan.FromMilliseconds(options.Value.LookupMs);
        _log = log;
        var (failures, pause) = (options.Value.BreakerFailures, TimeSpan.FromMilliseconds(options.Value.BreakerPauseMs));
        Lookups = new CircuitBreaker(failures, pause, clock, (state, fault) => Log("Lookups in", state, fault));
        Writes = new CircuitBreaker(failures, pause, clock, (state, fault) => Log("Writes to", state, fault));
        metrics.Meter.CreateObservableGauge("gateway.cache.breaker", () => (Measurement<int>[])
        [
            new((int)Lookups.State, new KeyValuePair<string, object?>("operation", "lookup")),
            new((int)Writes.State, new KeyValuePair<string, object?>("operation", "store")),
        ], description: "Whether Redis is asked: 0 yes, 1 it is being tried, 2 no.");
    }

    /// <summary>Whether scores are looked for.</summary>
    public CircuitBreaker Lookups { get; }

    /// <summary>Whether scores are written.</summary>
    public CircuitBreaker Writes { get; }

    /// <summary>True where keys of different slots must be asked for apart; found out by <see cref="RedisWatch"/>.</summary>
    public bool IsCluster { get; set; }

    /// <summary>Now, for <see cref="Since"/> and deadlines.</summary>
    public long Timestamp => _clock.GetTimestamp();

    /// <summary>The time since a timestamp.</summary>
    public TimeSpan Since(long timestamp) => _clock.GetElapsedTime(timestamp);

    /// <summary>Waits for what a user waits for: until the one deadline after a timestamp.</summary>
    /// <exception cref="TimeoutException">It passed.</exception>
    public Task<T> InTimeAsync<T>(Task<T> asked, long started, CancellationToken cancellation)
    {
        var left = _deadline - _clock.GetElapsedTime(started);
        return Observed(asked).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _clock, cancellation);
    }

    /// <summary>Whether what was asked at a timestamp and has come now would have come in time for a user.</summary>
    public bool IsInTime(long started) => _clock.GetElapsedTime(started) <= _deadline;

    /// <summary>Waits for what nobody waits for: a second.</summary>
    /// <exception cref="TimeoutException">It passed.</exception>
    public Task<T> InSecondAsync<T>(Task<T> asked) => Observed(asked).WaitAsync(LongDeadline, _clock);

    /// <summary>A lookup failed: counted, and told to the breaker.</summary>
    public void LookupFailed(int pass, Exception fault)
    {
        _metrics.Failed("lookup");
        Lookups.Failed(pass, Name(fault));
    }

    /// <summary>A write failed: counted, and told to the breaker.</summary>
    public void WriteFailed(int pass, Exception fault)
    {
        _metrics.Failed("store");
        Writes.Failed(pass, Name(fault));
    }

    /// <summary>What an operator can make of a fault: the first word of Redis's own error, such as <c>OOM</c>, else the fault's type. Never keys.</summary>
    private static string Name(Exception fault) => fault is RedisServerException && fault.Message.Split(' ', 2)[0] is { Length: > 1 and < 20 } word && word.All(char.IsAsciiLetterUpper)
        ? word
        : fault.GetType().Name;

    /// <summary>Nobody may be left to see how a task ends after its deadline.</summary>
    private static Task<T> Observed<T>(Task<T> task)
    {
        task.ContinueWith(
            static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    private void Log(string what, BreakerState state, string fault)
    {
        if (state == BreakerState.Open)
        {
            LogPaused(what, fault);
        }
        else
        {
            LogResumed(what);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} Redis pause, since they failed ({Fault}); scoring goes on without, and Redis is tried again and again")]
    private partial void LogPaused(string what, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} Redis go on")]
    private partial void LogResumed(string what);
}
