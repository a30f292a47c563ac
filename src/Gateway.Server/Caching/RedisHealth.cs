using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>How long Redis is waited for, and what its servers' breakers are told. Lookups and writes are judged apart: a full or read-only Redis still answers.</summary>
internal sealed partial class RedisHealth(IOptions<CacheOptions> options, CacheMetrics metrics, TimeProvider clock, ILogger<RedisHealth> log)
{
    private static readonly TimeSpan LongDeadline = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _deadline = TimeSpan.FromMilliseconds(options.Value.LookupMs);
    private readonly ILogger<RedisHealth> _log = log;

    /// <summary>A server with both breakers closed.</summary>
    /// <param name="name">Its address; empty for the only one.</param>
    public RedisNode Watch(string name)
    {
        var where = name.Length == 0 ? "" : $" at {name}";
        return new RedisNode(name, Breaker("Lookups in", where), Breaker("Writes to", where));
    }

    /// <summary>Now, for <see cref="Since"/> and deadlines.</summary>
    public long Timestamp => clock.GetTimestamp();

    /// <summary>The time since a timestamp.</summary>
    public TimeSpan Since(long timestamp) => clock.GetElapsedTime(timestamp);

    /// <summary>Waits for what a user waits for: until the one deadline after a timestamp.</summary>
    /// <exception cref="TimeoutException">It passed.</exception>
    public Task<T> InTimeAsync<T>(Task<T> asked, long started, CancellationToken cancellation)
    {
        var left = _deadline - clock.GetElapsedTime(started);
        return Observed(asked).WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock, cancellation);
    }

    /// <summary>Whether what was asked at a timestamp and has come now would have come in time for a user.</summary>
    public bool IsInTime(long started) => clock.GetElapsedTime(started) <= _deadline;

    /// <summary>Waits for what nobody waits for: a second.</summary>
    /// <exception cref="TimeoutException">It passed.</exception>
    public Task<T> InSecondAsync<T>(Task<T> asked) => Observed(asked).WaitAsync(LongDeadline, clock);

    /// <summary>A lookup failed: counted, and told to the server's breaker.</summary>
    public void LookupFailed(RedisNode node, int pass, Exception fault)
    {
        metrics.Failed("lookup");
        node.Lookups.Failed(pass, Name(fault));
    }

    /// <summary>A write failed: counted, and told to the server's breaker.</summary>
    public void WriteFailed(RedisNode node, int pass, Exception fault)
    {
        metrics.Failed("store");
        node.Writes.Failed(pass, Name(fault));
    }

    /// <summary>What an operator can make of a fault: the first word of Redis's own error, such as <c>OOM</c>, else the fault's type. Never keys.</summary>
    public static string Name(Exception fault) => fault is RedisServerException && fault.Message.Split(' ', 2)[0] is { Length: > 1 and < 20 } word && word.All(char.IsAsciiLetterUpper)
        ? word
        : fault.GetType().Name;

    /// <summary>Nobody may be left to see how a task ends after its deadline.</summary>
    private static Task<T> Observed<T>(Task<T> task)
    {
        task.ContinueWith(
            static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return task;
    }

    /// <summary>A closed breaker with the settings' patience.</summary>
    /// <param name="what">What it stops, as the log says it.</param>
    /// <param name="where">Which server, as the log says it; empty for the only one.</param>
    public CircuitBreaker Breaker(string what, string where = "") => new(
        options.Value.BreakerFailures, TimeSpan.FromMilliseconds(options.Value.BreakerPauseMs), clock, (state, fault) => Log(what, where, state, fault));

    private void Log(string what, string where, BreakerState state, string fault)
    {
        if (state == BreakerState.Open)
        {
            LogPaused(what, where, fault);
        }
        else
        {
            LogResumed(what, where);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{What} Redis{Where} pause, since they failed ({Fault}); scoring goes on without, and Redis is tried again and again")]
    private partial void LogPaused(string what, string where, string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What} Redis{Where} go on")]
    private partial void LogResumed(string what, string where);
}
