using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Text;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Running;

/// <summary>
/// The run plan of one item per run at its own length, so that a score cannot depend on its company. Each worker is one thread that takes an
/// item, encodes it and runs it; whatever goes wrong with an item is that item's result, and the thread goes on.
/// </summary>
internal sealed class OneRow : IAsyncDisposable
{
    /// <summary>The plan's name in revisions.</summary>
    public const string Name = "one-row";

    private readonly RowQueue _queue;
    private readonly EncodingRules _rules;
    private readonly TimeProvider _time;
    private readonly List<(Thread Thread, TaskCompletionSource Exited)> _workers = [];

    /// <summary>Starts the workers, spread over the sessions.</summary>
    public OneRow(IReadOnlyList<OnnxSession> sessions, ModelManifest manifest, EncodingRules rules, OnnxOptions options, TimeProvider time)
    {
        _queue = new RowQueue(rules.ModelName, options.QueueItems);
        _rules = rules;
        _time = time;
        for (var worker = 0; worker < options.WorkerCount; worker++)
        {
            var session = sessions[worker % sessions.Count];
            var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() => Work(session, manifest, exited)) { IsBackground = true, Name = $"onnx {rules.ModelName} {worker}" };
            _workers.Add((thread, exited));
            thread.Start();
        }
    }

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
        _queue.Stop(_workers.Count);
        foreach (var (thread, exited) in _workers)
        {
            await exited.Task.ConfigureAwait(false);
            thread.Join();
        }
    }

    private void Work(OnnxSession session, ModelManifest manifest, TaskCompletionSource exited)
    {
        try
        {
            var encoder = new TextEncoder(_rules);
            using var runner = new RowRunner(session, manifest, _rules.MaxTokens);
            while (_queue.Take() is var (call, row))
            {
                call.Complete(row, Score(encoder, runner, call, row));
            }
        }
        finally
        {
            exited.SetResult();
        }
    }

    private ScoreResult Score(TextEncoder encoder, RowRunner runner, ScoreCall call, int row)
    {
        try
        {
            return call.Cancellation.IsCancellationRequested ? RowQueue.Departed() : ScoreOrThrow(encoder, runner, call, row);
        }
        catch (OnnxRuntimeException fault)
        {
            return new Failure(ErrorKind.ModelFailed, $"{_rules.ModelName} could not run this text of {encoder.Tokens.Length} tokens: {fault.Message}");
        }
        catch (Exception fault)
        {
            // The message of an unexpected exception could quote the text; its type cannot.
            return new Failure(ErrorKind.ModelFailed, $"{_rules.ModelName} failed on this text with {fault.GetType().Name}.");
        }
    }

    private ScoreResult ScoreOrThrow(TextEncoder encoder, RowRunner runner, ScoreCall call, int row)
    {
        var (item, response) = call[row];
        var began = _time.GetTimestamp();
        if (encoder.Encode(item, response) is { } failure)
        {
            return failure;
        }

        if (encoder.Tokens.IsEmpty)
        {
            return new Failure(ErrorKind.InvalidRequest, $"The text has no tokens, and {_rules.ModelName} adds none; send at least one.");
        }

        var encoded = _time.GetTimestamp();
        var logit = runner.Run(encoder.Tokens);
        var timings = new ScoreTimings(
            _time.GetElapsedTime(call.ArrivedAt, began), _time.GetElapsedTime(began, encoded), _time.GetElapsedTime(encoded));
        return float.IsFinite(logit)
            ? new Score(logit, encoder.Tokens.Length, encoder.Truncated, timings)
            : new Failure(ErrorKind.InvalidScore, $"{_rules.ModelName} gave {logit} for this text of {encoder.Tokens.Length} tokens; that is no score.");
    }
}
