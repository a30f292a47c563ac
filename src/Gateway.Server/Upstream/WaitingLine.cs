using Gateway.Core.Scoring;

namespace Gateway.Server.Upstream;

/// <summary>
/// Calls that wait for a destination of one cluster, oldest first. Whoever frees a place serves the line; a timer does it too, since breakers
/// and probes free places without a word.
/// </summary>
internal sealed class WaitingLine(UpstreamCluster cluster, TimeProvider clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiters = new();
    private ITimer? _timer;
    private int _count;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Waits for a place.</summary>
    /// <exception cref="GatewayException">The line is full, or none came free in time.</exception>
    public async Task<DestinationLease> WaitAsync(PlaceWanted wanted, CancellationToken cancellation)
    {
        var waiter = new Waiter(wanted);
        lock (_lock)
        {
            // Counted before the last look, so that a place that comes free after that look finds somebody waiting.
            var count = Interlocked.Increment(ref _count);
            if (count == 1 && cluster.TryLease(wanted) is { } lease)
            {
                _count--;
                return lease;
            }

            if ((cluster.Refusal(Waited(wanted)) ?? (count > cluster.Options.WaitingCalls ? cluster.Full() : null)) is { } refusal)
            {
                _count--;
                throw refusal;
            }

            waiter.Place = _waiters.AddLast(waiter);
            _timer ??= clock.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (_count == 1)
            {
                _timer.Change(Tick, Tick);
            }
        }

        await using var registration = cancellation.UnsafeRegister(_ => Cancel(waiter, cancellation), null);
        return await waiter.Task;
    }

    /// <summary>Gives free places to those who wait, and sends away those who waited long enough.</summary>
    public void Serve()
    {
        if (Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            for (var place = _waiters.First; place is not null;)
            {
                var (waiter, next) = (place.Value, place.Next);
                if (cluster.TryLease(waiter.Wanted) is { } lease)
                {
                    Remove(waiter);
                    waiter.SetResult(lease);
                }
                else if (cluster.Refusal(Waited(waiter.Wanted)) is { } refusal)
                {
                    Remove(waiter);
                    waiter.SetException(refusal);
                }
                else if (waiter.Wanted.Tried.Count == 0)
                {
                    // Nothing is free, and whoever comes later waited less.
                    return;
                }

                place = next;
            }
        }
    }

    private void Cancel(Waiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (waiter.Place?.List is null)
            {
                return;
            }

            Remove(waiter);
        }

        waiter.SetCanceled(cancellation);
    }

    private void Remove(Waiter waiter)
    {
        _waiters.Remove(waiter.Place!);
        if (--_count == 0)
        {
            _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan Waited(PlaceWanted wanted) => clock.GetElapsedTime(wanted.Since);

    private sealed class Waiter(PlaceWanted wanted) : TaskCompletionSource<DestinationLease>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public PlaceWanted Wanted => wanted;

        public LinkedListNode<Waiter>? Place { get; set; }
    }
}
