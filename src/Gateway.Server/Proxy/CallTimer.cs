namespace Gateway.Server.Proxy;

/// <summary>When a call is given up: its client leaves, or its time is up, which restarts once the reply has begun.</summary>
internal sealed class CallTimer : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenRegistration _left;
    private readonly CancellationToken _client;

    /// <summary>Starts with the time until the reply must begin.</summary>
    public CallTimer(TimeSpan untilReply, TimeProvider clock, CancellationToken client)
    {
        _client = client;
        _stop = new CancellationTokenSource(untilReply, clock);
        _left = client.UnsafeRegister(static stop => ((CancellationTokenSource)stop!).Cancel(), _stop);
    }

    /// <summary>Cancelled when the call is to be given up.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>True where the time is up and the client still waits.</summary>
    public bool TimeIsUp => _stop.IsCancellationRequested && !_client.IsCancellationRequested;

    /// <summary>Starts again with this time.</summary>
    public void Restart(TimeSpan time) => _stop.CancelAfter(time);

    /// <inheritdoc/>
    public void Dispose()
    {
        _left.Dispose();
        _stop.Dispose();
    }
}
