using System.Threading.Channels;
using Gateway.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>Writes scores to Redis behind the requests' backs: a bounded queue, one owner, pipelined batches. What does not fit or fails is counted and forgotten.</summary>
internal sealed class RedisWriter(RedisConnection connection, RedisHealth health, CacheLayout layout, CacheMetrics metrics, IOptions<CacheOptions> options)
    : BackgroundService
{
    private const int LargestBatch = 512;

    private readonly Channel<Write> _queue = Channel.CreateBounded<Write>(new BoundedChannelOptions(options.Value.WriteQueue) { SingleReader = true });

    /// <summary>Takes scores to be written soon, or not at all.</summary>
    public void Store(in ScoreKey key, CachedScores scores)
    {
        if (!connection.IsConfigured)
        {
            return;
        }

        if (health.Writes.State != BreakerState.Closed)
        {
            metrics.Dropped(1, DropReason.Paused);
        }
        else if (!_queue.Writer.TryWrite(new Write(key, scores)))
        {
            metrics.Dropped(1, DropReason.QueueFull);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // What is queued is still written, each batch within its deadline.
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } writing)
        {
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Write>(LargestBatch);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            await WriteAsync(batch);
        }
    }

    private async Task WriteAsync(List<Write> writes)
    {
        if (connection.Database is not { } database || !health.Writes.TryEnter(out var pass))
        {
            metrics.Dropped(writes.Count, DropReason.Paused);
            return;
        }

        var (stored, bytes, fault) = (0, 0L, (Exception?)null);
        try
        {
            var batch = database.CreateBatch();
            var sets = new Task<bool>[writes.Count];
            for (var i = 0; i < sets.Length; i++)
            {
                var (key, scores) = writes[i];
                var value = layout.Payload.Write(key, scores);
                bytes += value.Length;
                sets[i] = batch.StringSetAsync(layout.Keys.Of(key), value, layout.Left(scores));
            }

            batch.Execute();
            var all = Task.WhenAll(sets);
            await ((Task)health.InSecondAsync(all)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stored = sets.Count(set => set.IsCompletedSuccessfully);
            fault = stored > 0 ? null : all.Exception?.InnerException ?? new TimeoutException();
        }
        catch (Exception e)
        {
            // Whatever it is: it is not stored, and the loop goes on.
            fault = e;
        }

        metrics.StoredInRedis(stored);
        metrics.Dropped(writes.Count - stored, DropReason.Failed);
        if (fault is null)
        {
            metrics.Written(bytes);
            health.Writes.Succeeded(pass);
        }
        else
        {
            health.WriteFailed(pass, fault);
        }
    }

    private readonly record struct Write(ScoreKey Key, CachedScores Scores);
}
