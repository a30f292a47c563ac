using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Redis as generated texts use it: each step has its time, and a step that fails says so to its caller and never throws. The log has one line when
/// it begins to fail and one when it answers again.
/// </summary>
internal sealed partial class TextRedis(RedisConnection connection, IOptions<TextCacheOptions> options, TimeProvider clock, TextMetrics metrics, ILogger<TextRedis> log)
{
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(options.Value.RedisMs);
    private int _failing;

    /// <summary>True where the settings name a Redis.</summary>
    public bool IsConfigured => connection.IsConfigured;

    /// <summary>Does one step; false where Redis is away, refuses, or takes longer than its time.</summary>
    public async Task<(bool Answered, T? Value)> TryAsync<T>(Func<IDatabase, Task<T>> step, CancellationToken cancellation)
    {
        Task<T>? answer = null;
        try
        {
            using var patience = new CancellationTokenSource(_patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            var multiplexer = await connection.MultiplexerAsync().WaitAsync(either.Token);
            answer = step(multiplexer.GetDatabase());
            var value = await answer.WaitAsync(either.Token);
            if (Interlocked.Exchange(ref _failing, 0) == 1)
            {
                LogAnswers();
            }

            return (true, value);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Observe(answer);
            metrics.RedisFailed();
            if (Interlocked.Exchange(ref _failing, 1) == 0)
            {
                LogFails(e.GetType().Name);
            }

            return (false, default);
        }
        catch
        {
            Observe(answer);
            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Nobody waits for it any longer; its error must not surface as nobody's.</summary>
    private static void Observe(Task? late) =>
        late?.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis fails for generated texts ({Fault}); until it answers, each replica generates its own")]
    private partial void LogFails(string fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis answers again for generated texts")]
    private partial void LogAnswers();
}
