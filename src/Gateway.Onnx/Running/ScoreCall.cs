using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Running;

/// <summary>
/// One caller's items on their way through the run plan. The queue hands out its rows in order and can withdraw those not yet handed out;
/// the task ends when every row has its result, so when nothing reads the texts any more.
/// </summary>
internal sealed class ScoreCall
{
    private readonly (HardenedItem Item, int Response)[] _rows;
    private readonly ScoreResult[] _results;
    private readonly TaskCompletionSource<IReadOnlyList<ScoreResult>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pending;

    /// <summary>Makes a call of items; a row is one response of an item.</summary>
    public ScoreCall(IReadOnlyList<HardenedItem> items, long arrivedAt, CancellationToken cancellation)
    {
        _rows = new (HardenedItem, int)[items.Sum(item => item.Item.Body.ResponseCount)];
        _results = new ScoreResult[_rows.Length];
        _pending = _rows.Length;
        ArrivedAt = arrivedAt;
        Cancellation = cancellation;
        var row = 0;
        foreach (var item in items)
        {
            for (var response = 0; response < item.Item.Body.ResponseCount; response++)
            {
                _rows[row++] = (item, response);
            }
        }

        if (_rows.Length == 0)
        {
            _done.SetResult([]);
        }
    }

    /// <summary>How many results the caller gets.</summary>
    public int Rows => _rows.Length;

    /// <summary>When the call came, as the time provider's timestamp.</summary>
    public long ArrivedAt { get; }

    /// <summary>Fires when the caller has gone.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>All results, in order.</summary>
    public Task<IReadOnlyList<ScoreResult>> Results => _done.Task;

    /// <summary>The next row to hand out; the queue's, under its lock.</summary>
    public int Next { get; set; }

    /// <summary>The end of the rows to hand out; the queue's, under its lock.</summary>
    public int End { get; set; }

    /// <summary>The call's place in the queue; the queue's, under its lock.</summary>
    public LinkedListNode<ScoreCall>? Place { get; set; }

    /// <summary>A row's item and which of its responses.</summary>
    public (HardenedItem Item, int Response) this[int row] => _rows[row];

    /// <summary>Gives one row its result; each row gets one, once.</summary>
    public void Complete(int row, ScoreResult result) => Complete(row, row + 1, result);

    /// <summary>Gives rows the same result.</summary>
    public void Complete(int from, int to, ScoreResult result)
    {
        if (to > from)
        {
            Array.Fill(_results, result, from, to - from);
            if (Interlocked.Add(ref _pending, from - to) == 0)
            {
                _done.SetResult(_results);
            }
        }
    }
}
