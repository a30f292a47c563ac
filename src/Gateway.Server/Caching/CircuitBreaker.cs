namespace Gateway.Server.Caching;

/// <summary>Whether something is asked at all.</summary>
internal enum BreakerState
{
    /// <summary>It is asked.</summary>
    Closed,

    /// <summary>One probe is on its way; nobody else asks.</summary>
    HalfOpen,

    /// <summary>It is left alone until the pause is over.</summary>
    Open,
}

/// <summary>
/// Stops asking what failed several times in a row. After a pause one probe asks, which is never a user's request, and a good answer opens the way
/// again. The pause doubles, a few times, while it goes on failing.
/// </summary>
/// <param name="failures">Failures in a row that stop it.</param>
/// <param name="pause">The first pause.</param>
/// <param name="clock">The clock of pauses.</param>
/// <param name="changed">Told when it stops, with what failed, and when it goes on.</param>
internal sealed class CircuitBreaker(int failures, TimeSpan pause, TimeProvider clock, Action<BreakerState, string> changed)
{
    private const int MostDoublings = 3;

    private readonly Lock _lock = new();
    private int _inARow;
    private int _doublings = -1;
    private int _epoch;
    private long _openedAt;

    /// <summary>Whether it is asked.</summary>
    public BreakerState State { get; private set; }

    /// <summary>True where a request may ask; it then reports how that went, with the pass.</summary>
    public bool TryEnter(out int pass)
    {
        pass = Volatile.Read(ref _epoch);
        return State == BreakerState.Closed;
    }

    /// <summary>True where the one probe may ask: the pause is over and no other is on its way.</summary>
    public bool TryProbe(out int pass)
    {
        lock (_lock)
        {
            var due = State == BreakerState.Open && clock.GetElapsedTime(_openedAt) >= pause * (1 << _doublings);
            if (due)
            {
                Become(BreakerState.HalfOpen);
            }

            pass = _epoch;
            return due;
        }
    }

    /// <summary>An answer came.</summary>
    public void Succeeded(int pass)
    {
        // Below zero are answers in a row, above it failures; nothing is learned from more answers while all is well.
        if (_doublings < 0 && Volatile.Read(ref _inARow) <= 0 && State == BreakerState.Closed)
        {
            return;
        }

        lock (_lock)
        {
            // What was asked before a change says nothing of the time after it.
            if (pass != _epoch)
            {
                return;
            }

            if (State == BreakerState.Closed)
            {
                _inARow = Math.Min(_inARow, 0) - 1;
                _doublings = _inARow <= -failures ? -1 : _doublings;
                return;
            }

            _inARow = 0;
            Become(BreakerState.Closed);
        }

        changed(BreakerState.Closed, "");
    }

    /// <summary>No answer came, or a refusal.</summary>
    public void Failed(int pass, string fault)
    {
        lock (_lock)
        {
            _inARow = pass == _epoch ? Math.Max(_inARow, 0) + 1 : _inARow;
            if (pass != _epoch || (State == BreakerState.Closed && _inARow < failures))
            {
                return;
            }

            var probed = State == BreakerState.HalfOpen;
            _doublings = Math.Min(_doublings + 1, MostDoublings);
            _openedAt = clock.GetTimestamp();
            _inARow = 0;
            Become(BreakerState.Open);
            if (probed)
            {
                return;
            }
        }

        changed(BreakerState.Open, fault);
    }

    private void Become(BreakerState state)
    {
        State = state;
        _epoch++;
    }
}
