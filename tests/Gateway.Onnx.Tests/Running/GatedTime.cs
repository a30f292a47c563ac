namespace Gateway.Onnx.Tests.Running;

/// <summary>A time provider at which workers stop when they begin an item, until the test lets them go on: how a test holds a busy model.</summary>
internal sealed class GatedTime : TimeProvider
{
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _arrived = new(0);

    /// <summary>From now on workers stop at their next item.</summary>
    public void Close() => _gate.Reset();

    /// <summary>Lets all workers go on.</summary>
    public void Open() => _gate.Set();

    /// <summary>Waits until one more worker stands at the gate.</summary>
    public Task ArrivedAsync() => _arrived.WaitAsync(TestContext.Current.CancellationToken);

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        if (Thread.CurrentThread.Name?.StartsWith("onnx ", StringComparison.Ordinal) == true && !_gate.IsSet)
        {
            _arrived.Release();
            _gate.Wait();
        }

        return System.GetTimestamp();
    }
}
