using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Text;

namespace Gateway.Onnx.Running;

/// <summary>
/// The run plan of one item per run at its own length, so that a score cannot depend on its company: a queue, and workers that take from it.
/// </summary>
internal sealed class OneRow : IAsyncDisposable
{
    /// <summary>The plan's name in revisions.</summary>
    public const string Name = "one-row";

    private readonly RowQueue _queue;
    private readonly TimeProvider _time;
    private readonly RowWorker[] _workers;

    /// <summary>Starts the workers, spread over the sessions.</summary>
    public OneRow(IReadOnlyList<OnnxSession> sessions, ModelManifest manifest, EncodingRules rules, OnnxOptions options, TimeProvider time)
    {
        _time = time;
        _queue = new RowQueue(rules.ModelName, options.QueueItems);
        var runners = Enumerable.Range(0, options.WorkerCount)
            .Select(worker => new RowRunner(sessions[worker % sessions.Count], manifest, rules.MaxTokens))
            .ToArray();
        _workers = [.. runners.Select((runner, number) => new RowWorker(_queue, rules, runner, time, number))];
    }

    /// <summary>How many items run at a time.</summary>
    public int Workers => _workers.Length;

    /// <summary>How many items wait for a worker.</summary>
    public int Waiting => _queue.Count;

    /// <summary>One result per response, in order; ends when nothing reads the texts any more.</summary>
    public async Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation)
    {
        var call = new ScoreCall(items, _time.GetTimestamp(), cancellation);
        if (cancellation.IsCancellationRequested)
        {
            call.Complete(0, call.Rows, RowQueue.Departed());
            return await call.Results.ConfigureAwait(false);
        }

        _queue.Add(call);
        await using (cancellation.UnsafeRegister(_ => _queue.Withdraw(call), null).ConfigureAwait(false))
        {
            return await call.Results.ConfigureAwait(false);
        }
    }

    /// <summary>Refuses new items, fails those that wait, lets running ones end, and joins the threads.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Stop();
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync().ConfigureAwait(false);
        }
    }
}
