namespace Gateway.Server.Scoring;

/// <summary>How much one model has to do and how fast it does it, so that a wait can be foretold.</summary>
internal sealed class ModelLoad(TimeProvider clock)
{
    private const double NewSampleWeight = 0.3;
    private static readonly TimeSpan SampleLength = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private long _pending;
    private long _doneSinceMark;
    private long _mark;
    private double _bytesPerSecond;

    /// <summary>How long work that comes now waits behind what is there; zero until a rate is known.</summary>
    public TimeSpan ExpectedWait
    {
        get
        {
            lock (_lock)
            {
                return _bytesPerSecond <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(_pending / _bytesPerSecond, 86_400));
            }
        }
    }

    /// <summary>Work of this many bytes begins to wait.</summary>
    public void Enter(long bytes)
    {
        lock (_lock)
        {
            if (_pending == 0)
            {
                // A sample never spans idle time.
                _mark = clock.GetTimestamp();
                _doneSinceMark = 0;
            }

            _pending += bytes;
        }
    }

    /// <summary>Work of this many bytes is done; only work that ran to its end tells of the speed.</summary>
    public void Leave(long bytes, bool ran)
    {
        lock (_lock)
        {
            _pending -= bytes;
            _doneSinceMark += ran ? bytes : 0;
            var elapsed = clock.GetElapsedTime(_mark);
            if (elapsed < SampleLength || _doneSinceMark == 0)
            {
                return;
            }

            var rate = _doneSinceMark / elapsed.TotalSeconds;
            _bytesPerSecond = _bytesPerSecond <= 0 ? rate : _bytesPerSecond + (NewSampleWeight * (rate - _bytesPerSecond));
            _mark = clock.GetTimestamp();
            _doneSinceMark = 0;
        }
    }
}
