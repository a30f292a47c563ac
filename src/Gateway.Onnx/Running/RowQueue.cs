using Gateway.Core.Scoring;

namespace Gateway.Onnx.Running;

/// <summary>
/// The rows that wait for a worker: bounded, first come first served. A departed caller's rows leave at once and free their room, which a
/// channel cannot do; hence calls in a list, each handing out its rows in turn.
/// </summary>
internal sealed class RowQueue(string modelName, int capacity)
{
    private readonly object _lock = new();
    private readonly LinkedList<ScoreCall> _calls = [];
    private int _count;
    private bool _stopped;

    /// <summary>How many rows wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a call's rows in as far as there is room; the others fail at once, and all of them once stopped.</summary>
    public void Add(ScoreCall call)
    {
        int accepted;
        bool stopped;
        lock (_lock)
        {
            stopped = _stopped;
            accepted = stopped ? 0 : Math.Min(call.Rows, capacity - _count);
            call.End = accepted;
            _count += accepted;
            if (accepted > 0)
            {
                call.Place = _calls.AddLast(call);
                if (accepted == 1)
                {
                    Monitor.Pulse(_lock);
                }
                else
                {
                    Monitor.PulseAll(_lock);
                }
            }
        }

        if (accepted < call.Rows)
        {
            call.Complete(accepted, call.Rows, stopped ? Stopping() : Full());
        }
    }

    /// <summary>Drops the rows of a call that no worker has taken.</summary>
    public void Withdraw(ScoreCall call)
    {
        var (from, to) = TakeRest(call);
        call.Complete(from, to, Departed());
    }

    /// <summary>Waits for the next row; null when stopped.</summary>
    public (ScoreCall Call, int Row)? Take()
    {
        lock (_lock)
        {
            while (!_stopped && _count == 0)
            {
                Monitor.Wait(_lock);
            }

            if (_stopped)
            {
                return null;
            }

            var call = _calls.First!.Value;
            var row = call.Next++;
            _count--;
            if (call.Next == call.End)
            {
                Unlink(call);
            }

            return (call, row);
        }
    }

    /// <summary>Refuses what comes from now on, fails what waits, and lets the workers go.</summary>
    public void Stop()
    {
        List<ScoreCall> waiting;
        lock (_lock)
        {
            _stopped = true;
            waiting = [.. _calls];
            Monitor.PulseAll(_lock);
        }

        foreach (var call in waiting)
        {
            var (from, to) = TakeRest(call);
            call.Complete(from, to, Stopping());
        }
    }

    /// <summary>What a departed caller's rows get.</summary>
    public static Failure Departed() => new(ErrorKind.TimedOut, "The caller left, or its deadline passed, before this text's turn came.");

    private (int From, int To) TakeRest(ScoreCall call)
    {
        lock (_lock)
        {
            var rest = (call.Next, call.End);
            _count -= call.End - call.Next;
            call.Next = call.End;
            Unlink(call);
            return rest;
        }
    }

    private void Unlink(ScoreCall call)
    {
        if (call.Place is { } place)
        {
            _calls.Remove(place);
            call.Place = null;
        }
    }

    private Failure Full() => new(
        ErrorKind.Overloaded, $"{capacity} texts wait for {modelName} already; retry later, or raise Gateway:Onnx:QueueItems.");

    private Failure Stopping() => new(ErrorKind.NotReady, $"{modelName} is stopping; retry on another replica.");
}
