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
/// Takes a destination out after failures in a row, or when most of its recent calls failed; then lets a single call try it. Calls are
/// numbered by the period between its openings and closings in which they began, and have no say in another.
/// </summary>
internal sealed class Breaker(TimeProvider clock)
{
    // A share of failures says something only of so many calls.
    private const int FewestCalls = 20;
    private const int MostDoublings = 3;

    private readonly Lock _lock = new();
    private readonly RecentCount _recent = new(clock);
    private volatile BreakerState _state;
    private volatile int _period;
    private int _inARow;
    private int _openings;
    private long _openedAt;
    private TimeSpan _openFor;

    /// <summary>What it lets through now.</summary>
    public BreakerState State => _state;

    /// <summary>Whether a call may come now.</summary>
    public bool Allows => _state == BreakerState.Closed || IsDue;

    /// <summary>Asks for a call's passage; the <paramref name="period"/> is to be given back with its end. A trial that takes long is joined by another.</summary>
    public bool TryPass(ClusterOptions options, out int period)
    {
        period = _period;
        if (_state == BreakerState.Closed)
        {
            return true;
        }

        lock (_lock)
        {
            period = _period;
            if (_state == BreakerState.Closed)
            {
                return true;
            }

            if (!IsDue)
            {
                return false;
            }

            (_state, _openedAt, _openFor) = (BreakerState.HalfOpen, clock.GetTimestamp(), TimeSpan.FromMilliseconds(options.BreakerOpenMs));
            return true;
        }
    }

    /// <summary>A trial's reply began: it is not waited for to its end. True where that closed the breaker; the call counts in the new period.</summary>
    public bool Answers(ref int period)
    {
        if (_state == BreakerState.Closed)
        {
            return false;
        }

        lock (_lock)
        {
            if (period != _period || _state == BreakerState.Closed)
            {
                return false;
            }

            Close();
            period = _period;
            return true;
        }
    }

    /// <summary>A call was answered to the end; true where that closed the breaker.</summary>
    public bool Succeeded(int period)
    {
        lock (_lock)
        {
            if (period != _period)
            {
                return false;
            }

            // Replies that only begin do not prove it well for good.
            _openings = 0;
            if (_state != BreakerState.Closed)
            {
                Close();
                return true;
            }

            _inARow = 0;
            _recent.AddToAll();
            return false;
        }
    }

    /// <summary>A call failed; how long the destination is out where that opened the breaker, else null.</summary>
    /// <param name="period">The call's period.</param>
    /// <param name="options">When to open.</param>
    /// <param name="inARow">False where the call itself may be the reason: then only its share of the recent calls counts.</param>
    public TimeSpan? Failed(int period, ClusterOptions options, bool inARow = true)
    {
        lock (_lock)
        {
            if (period != _period)
            {
                return null;
            }

            if (_state == BreakerState.Closed)
            {
                _inARow += inARow ? 1 : 0;
                _recent.AddToAll();
                _recent.AddToSome();
                if ((!inARow || _inARow < options.BreakerFailures)
                    && (_recent.All < FewestCalls || _recent.Some * 100 < _recent.All * options.BreakerPercent))
                {
                    return null;
                }
            }

            _openFor = TimeSpan.FromMilliseconds((double)options.BreakerOpenMs * (1 << Math.Min(_openings, MostDoublings)));
            (_state, _openedAt, _inARow) = (BreakerState.Open, clock.GetTimestamp(), 0);
            _openings++;
            _period++;
            _recent.Clear();
            return _openFor;
        }
    }

    /// <summary>The deciding call ended without an answer either way; the next one decides.</summary>
    public void Undecided(int period)
    {
        lock (_lock)
        {
            if (period == _period && _state == BreakerState.HalfOpen)
            {
                (_state, _openFor) = (BreakerState.Open, TimeSpan.Zero);
            }
        }
    }

    /// <summary>A probe found the destination well: the next call may try it, even beside a trial that takes long.</summary>
    public void Encourage()
    {
        lock (_lock)
        {
            if (_state != BreakerState.Closed)
            {
                _openFor = TimeSpan.Zero;
            }
        }
    }

    private void Close()
    {
        (_state, _inARow) = (BreakerState.Closed, 0);
        _period++;
        _recent.Clear();
    }

    private bool IsDue => clock.GetElapsedTime(Volatile.Read(ref _openedAt)) >= _openFor;
}
