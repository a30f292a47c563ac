using System.Collections.Concurrent;
using Gateway.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Caching;

/// <summary>
/// Writes scores to Redis behind the requests' backs: a bounded queue and one owner for each server, so that one that hangs delays no other, and
/// pipelined batches. What does not fit or fails is counted and forgotten.
/// </summary>
internal sealed class RedisWriter(
    RedisConnection connection, RedisNodes nodes, RedisHealth health, CacheLayout layout, CacheMetrics metrics, IOptions<CacheOptions> options)
    : IHostedService
{
    private readonly ConcurrentDictionary<RedisNode, WriteLane> _lanes = [];
    private readonly Lock _lock = new();
    private bool _stopped;

    /// <summary>Takes scores to be written soon, or not at all.</summary>
    public void Store(in ScoreKey key, CachedScores scores)
    {
        if (!connection.IsConfigured)
        {
            return;
        }

        var node = nodes.Of(RedisKeys.TagOf(key));
        if (node.Writes.State != BreakerState.Closed)
        {
            metrics.Dropped(1, DropReason.Paused);
        }
        else if (Lane(node)?.TryAdd(new ScoreWrite(key, scores)) != true)
        {
            metrics.Dropped(1, DropReason.QueueFull);
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _stopped = true;
        }

        // What is queued is still written, each batch within its deadline.
        await Task.WhenAll(_lanes.Values.Select(lane => lane.CompleteAsync())).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private WriteLane? Lane(RedisNode node)
    {
        if (_lanes.TryGetValue(node, out var lane))
        {
            return lane;
        }

        lock (_lock)
        {
            // A server that left the Cluster gets no more; what it still has to write ends as it can.
            foreach (var gone in _lanes.Keys.Except(nodes.All))
            {
                _ = _lanes.TryRemove(gone, out var left) ? left.CompleteAsync() : null;
            }

            return _stopped ? null : _lanes.GetOrAdd(node, _ => new WriteLane(options.Value.WriteQueue, writes => WriteAsync(node, writes)));
        }
    }

    private async Task WriteAsync(RedisNode node, IReadOnlyList<ScoreWrite> writes)
    {
        if (connection.Database is not { } database || !node.Writes.TryEnter(out var pass))
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
            node.Writes.Succeeded(pass);
        }
        else
        {
            health.WriteFailed(node, pass, fault);
        }
    }
}
