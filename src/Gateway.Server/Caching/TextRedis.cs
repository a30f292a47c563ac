using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Gateway.Server.Caching;

/// <summary>
/// Redis as generated texts use it: each step has its time, and a step that fails says so to its caller and never throws. After some failures in a row
/// Redis is left alone, and after a pause the next step tries it: who waits for a judge can wait that long.
/// </summary>
internal sealed class TextRedis(RedisConnection connection, IOptions<TextCacheOptions> options, RedisHealth health, TimeProvider clock, TextMetrics metrics)
{
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(options.Value.RedisMs);
    private readonly CircuitBreaker _breaker = health.Breaker("Generated texts in");

    /// <summary>True where the settings name a Redis.</summary>
    public bool IsConfigured => connection.IsConfigured;

    /// <summary>Does one step; false where Redis is away, refuses, takes longer than its time, or is left alone.</summary>
    public async Task<(bool Answered, T? Value)> TryAsync<T>(Func<IDatabase, Task<T>> step, CancellationToken cancellation)
    {
        var probes = false;
        if (!_breaker.TryEnter(out var pass) && !(probes = _breaker.TryProbe(out pass)))
        {
            metrics.RedisFailed();
            return (false, default);
        }

        Task<T>? answer = null;
        try
        {
            using var patience = new CancellationTokenSource(_patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            var multiplexer = await connection.MultiplexerAsync().WaitAsync(either.Token);
            answer = step(multiplexer.GetDatabase());
            var value = await answer.WaitAsync(either.Token);
            _breaker.Succeeded(pass);
            return (true, value);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            Observe(answer);
            metrics.RedisFailed();
            _breaker.Failed(pass, RedisHealth.Name(e));
            return (false, default);
        }
        catch
        {
            Observe(answer);
            if (probes)
            {
                // Given up, it is none; after another pause another step tries.
                _breaker.Failed(pass, nameof(OperationCanceledException));
            }

            cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Nobody waits for it any longer; its error must not surface as nobody's.</summary>
    private static void Observe(Task? late) =>
        late?.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
