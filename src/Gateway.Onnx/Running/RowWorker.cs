using Gateway.Core.Scoring;
using Gateway.Onnx.Text;
using Microsoft.ML.OnnxRuntime;

namespace Gateway.Onnx.Running;

/// <summary>
/// One thread that takes a row, encodes it and runs it, until the queue stops. Whatever goes wrong with a row is that row's result.
/// </summary>
internal sealed class RowWorker : IAsyncDisposable
{
    private readonly RowQueue _queue;
    private readonly EncodingRules _rules;
    private readonly RowRunner _runner;
    private readonly TextEncoder _encoder;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Makes and starts a worker that owns its runner.</summary>
    public RowWorker(RowQueue queue, EncodingRules rules, RowRunner runner, TimeProvider time, int number)
    {
        _queue = queue;
        _rules = rules;
        _runner = runner;
        _encoder = new TextEncoder(rules);
        _time = time;
        _thread = new Thread(Work) { IsBackground = true, Name = $"onnx {rules.ModelName} {number}" };
        _thread.Start();
    }

    /// <summary>Waits for the thread, which ends once the queue has stopped, and joins it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _exited.Task.ConfigureAwait(false);
        _thread.Join();
        _runner.Dispose();
    }

    private void Work()
    {
        while (_queue.Take() is var (call, row))
        {
            call.Complete(row, Score(call, row));
        }

        _exited.SetResult();
    }

    private ScoreResult Score(ScoreCall call, int row)
    {
        try
        {
            return call.Cancellation.IsCancellationRequested ? RowQueue.Departed() : ScoreOrThrow(call, row);
        }
        catch (OnnxRuntimeException fault)
        {
            return new Failure(ErrorKind.ModelFailed, $"{_rules.ModelName} could not run this text of {_encoder.Tokens.Length} tokens: {fault.Message}");
        }
        catch (Exception fault)
        {
            // The message of an unexpected exception could quote the text; its type cannot.
            return new Failure(ErrorKind.ModelFailed, $"{_rules.ModelName} failed on this text with {fault.GetType().Name}.");
        }
        finally
        {
            _encoder.Release();
        }
    }

    private ScoreResult ScoreOrThrow(ScoreCall call, int row)
    {
        var (item, response) = call[row];
        var began = _time.GetTimestamp();
        if (_encoder.Encode(item, response) is { } failure)
        {
            return failure;
        }

        if (_encoder.Tokens.IsEmpty)
        {
            return new Failure(ErrorKind.InvalidRequest, $"The text has no tokens, and {_rules.ModelName} adds none; send at least one.");
        }

        var encoded = _time.GetTimestamp();
        var logit = _runner.Run(_encoder.Tokens);
        var timings = new ScoreTimings(
            _time.GetElapsedTime(call.ArrivedAt, began), _time.GetElapsedTime(began, encoded), _time.GetElapsedTime(encoded));
        return float.IsFinite(logit)
            ? new Score(logit, _encoder.Tokens.Length, _encoder.Truncated, timings)
            : new Failure(ErrorKind.InvalidScore, $"{_rules.ModelName} gave {logit} for this text of {_encoder.Tokens.Length} tokens; that is no score.");
    }
}
