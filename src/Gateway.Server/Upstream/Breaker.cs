namespace Gateway.Server.Upstream;

/// <summary>What a breaker lets through.</summary>
internal enum BreakerState
{
    /// <summary>Every call.</summary>
    Closed,

    /// <summary>One call at a time, whose end decides.</summary>
    HalfOpen,

    /// <summary>Nothing, until its time is up.</summary>
    Open,
}

/// <summary>
/// Takes a destination out after failures in a row, or when most of its recent calls failed; then lets a single call try it. Calls that began
/// before it opened have no say in when it closes.
/// </summary>
internal sealed class Breaker(TimeProvider clock)
{
    // A share of failures says something only of so many calls.
    private const int FewestCalls = 20;
    private const int MostDoublings = 3;

    private readonly Lock _lock = new();
    private readonly RecentCount _recent = new(clock);
    private volatile BreakerState _state;
    private int _inARow;
    private int _openings;
    private long _openedAt;
    private TimeSpan _openFor;

    /// <summary>What it lets through now.</summary>
    public BreakerState State => _state;

    /// <summary>Whether a call may come now.</summary>
    public bool Allows => _state == BreakerState.Closed || IsDue;

    /// <summary>Asks for a call's passage; <paramref name="trial"/> is true for the one whose end decides. A trial that takes long is joined by another.</summary>
    public bool TryPass(ClusterOptions options, out bool trial)
    {
        trial = false;
        if (_state == BreakerState.Closed)
        {
            return true;
        }

        lock (_lock)
        {
            if (_state != BreakerState.Closed && IsDue)
            {
                (_state, _openedAt, _openFor) = (BreakerState.HalfOpen, clock.GetTimestamp(), TimeSpan.FromMilliseconds(options.BreakerOpenMs));
                trial = true;
            }

            return trial || _state == BreakerState.Closed;
        }
    }

    /// <summary>A call was answered; true where that closed the breaker.</summary>
    public bool Succeeded(bool trial)
    {
        lock (_lock)
        {
            if (trial)
            {
                (_state, _inARow, _openings) = (BreakerState.Closed, 0, 0);
                _recent.Clear();
                return true;
            }

            if (_state == BreakerState.Closed)
            {
                _inARow = 0;
                _recent.AddToAll();
            }

            return false;
        }
    }

    /// <summary>A call failed; how long the destination is out where that opened the breaker, else null.</summary>
    public TimeSpan? Failed(bool trial, ClusterOptions options)
    {
        lock (_lock)
        {
            if (!trial)
            {
                if (_state != BreakerState.Closed)
                {
                    return null;
                }

                _inARow++;
                _recent.AddToAll();
                _recent.AddToSome();
                if (_inARow < options.BreakerFailures
                    && (_recent.All < FewestCalls || _recent.Some * 100 < _recent.All * options.BreakerPercent))
                {
                    return null;
                }
            }

            _openFor = TimeSpan.FromMilliseconds((double)options.BreakerOpenMs * (1 << Math.Min(_openings, MostDoublings)));
            (_state, _openedAt, _inARow) = (BreakerState.Open, clock.GetTimestamp(), 0);
            _openings++;
            _recent.Clear();
            return _openFor;
        }
    }

    /// <summary>The deciding call ended without an answer either way; the next one decides.</summary>
    public void Undecided()
    {
        lock (_lock)
        {
            if (_state == BreakerState.HalfOpen)
            {
                (_state, _openFor) = (BreakerState.Open, TimeSpan.Zero);
            }
        }
    }

    /// <summary>A probe found the destination well: it need not wait its time out.</summary>
    public void Encourage()
    {
        lock (_lock)
        {
            if (_state == BreakerState.Open)
            {
                _openFor = TimeSpan.Zero;
            }
        }
    }

    private bool IsDue => clock.GetElapsedTime(Volatile.Read(ref _openedAt)) >= _openFor;
}
