namespace Gateway.Server.Scoring;

/// <summary>
/// How much one model has to do and how fast it does it, so that a wait can be foretold. Its speed is the model's own time per byte over the
/// latest scores, so that neither idle time nor a large batch in the way is taken for slowness.
/// </summary>
/// <param name="concurrency">How many texts the model scores at a time.</param>
internal sealed class ModelLoad(int concurrency)
{
    private const long FewestBytes = 16 * 1024;
    private const long MostBytes = 4 * 1024 * 1024;

    private readonly Lock _lock = new();
    private long _pending;
    private double _bytes;
    private double _seconds;

    /// <summary>How long work that comes now waits behind what is there; zero until enough was scored to tell.</summary>
    public TimeSpan ExpectedWait
    {
        get
        {
            lock (_lock)
            {
                return _bytes < FewestBytes
                    ? TimeSpan.Zero
                    : TimeSpan.FromSeconds(Math.Min(_pending * (_seconds / _bytes) / concurrency, 86_400));
            }
        }
    }

    /// <summary>Work of this many bytes begins to wait.</summary>
    public void Enter(long bytes)
    {
        lock (_lock)
        {
            _pending += bytes;
        }
    }

    /// <summary>Work of this many bytes is done, of which <paramref name="scored"/> bytes took the model <paramref name="spent"/>.</summary>
    public void Leave(long bytes, long scored, TimeSpan spent)
    {
        lock (_lock)
        {
            _pending -= bytes;
            _bytes += scored;
            _seconds += spent.TotalSeconds;
            if (_bytes > MostBytes)
            {
                // Older scores count less and less.
                _bytes /= 2;
                _seconds /= 2;
            }
        }
    }
}
