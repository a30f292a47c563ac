using System.Threading.Channels;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>A bounded queue of scores on their way to one server, and the one owner that takes them from it, batch by batch.</summary>
internal sealed class WriteLane
{
    private const int LargestBatch = 512;

    private readonly Channel<ScoreWrite> _queue;
    private readonly Func<IReadOnlyList<ScoreWrite>, Task> _write;
    private readonly Task _running;

    /// <summary>An empty lane; its owner begins to wait.</summary>
    /// <param name="capacity">How many may wait.</param>
    /// <param name="write">Writes a batch; never throws.</param>
    public WriteLane(int capacity, Func<IReadOnlyList<ScoreWrite>, Task> write)
    {
        _queue = Channel.CreateBounded<ScoreWrite>(new BoundedChannelOptions(capacity) { SingleReader = true });
        _write = write;
        _running = RunAsync();
    }

    /// <summary>Takes scores to be written; false where too many wait, or none are taken any more.</summary>
    public bool TryAdd(in ScoreWrite write) => _queue.Writer.TryWrite(write);

    /// <summary>Takes no more, and waits until what is queued was written.</summary>
    public Task CompleteAsync()
    {
        _queue.Writer.TryComplete();
        return _running;
    }

    private async Task RunAsync()
    {
        var batch = new List<ScoreWrite>(LargestBatch);
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            batch.Clear();
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var write))
            {
                batch.Add(write);
            }

            await _write(batch);
        }
    }
}

/// <summary>A unit's scores on their way to Redis.</summary>
/// <param name="Key">The unit's key.</param>
/// <param name="Scores">What is written.</param>
internal readonly record struct ScoreWrite(ScoreKey Key, CachedScores Scores);
