using Gateway.Core.Scoring;

namespace Gateway.Server.Judging;

/// <summary>
/// The permits of one judge, shared by all requests of the process: calls in flight, calls and tokens in a minute. Those who wait are served in
/// turn, one call of each party after the other, so that a party with thousands of calls holds up nobody who has two. Nobody is passed over:
/// while the call whose turn it is does not fit, later ones wait.
/// </summary>
internal sealed class JudgeLimits : IDisposable
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimer = TimeSpan.FromHours(1);

    private readonly string _judge;
    private readonly JudgeLimitsOptions _options;
    private readonly TimeProvider _clock;
    private readonly JudgeMetrics _metrics;
    private readonly long _origin;
    private readonly Lock _lock = new();
    private readonly JudgeQueue _queue = new();
    private readonly RateWindow _requests;
    private readonly RateWindow _tokens;
    private readonly RateWindow _used;
    private readonly ITimer _timer;
    private int _inFlight;

    /// <summary>Limits of the judge of this name.</summary>
    public JudgeLimits(string judge, JudgeLimitsOptions options, TimeProvider clock, JudgeMetrics metrics)
    {
        (_judge, _options, _clock, _metrics, _origin) = (judge, options, clock, metrics, clock.GetTimestamp());
        // Half of what a long holds, so that sums near it do not overflow.
        _requests = new RateWindow(options.RequestsPerMinute ?? long.MaxValue / 2);
        _tokens = new RateWindow(options.TokensPerMinute ?? long.MaxValue / 2);
        _used = new RateWindow(options.TokensPerMinute ?? long.MaxValue / 2);
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.Watch(this);
    }

    /// <summary>The judge's name.</summary>
    public string Judge => _judge;

    /// <summary>Calls in flight.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Calls that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Tokens of the last 60 seconds: what calls used, and what those in flight reserve.</summary>
    public long TokensTaken
    {
        get
        {
            lock (_lock)
            {
                return _tokens.Taken(Now);
            }
        }
    }

    private TimeSpan Now => _clock.GetElapsedTime(_origin);

    /// <summary>What a call is reserved for before it is sent: a token has three bytes or more in most texts.</summary>
    public static long Estimate(long promptBytes, int maxTokens) => ((promptBytes + 2) / 3) + maxTokens;

    /// <summary>A permit for one call; waits for its turn.</summary>
    /// <param name="party">Among whom turns go round: a key, or a request.</param>
    /// <param name="tokens">What the call may use; what is more than a minute's tokens waits for a whole minute's.</param>
    /// <param name="deadline">Until when anybody waits, which may move out meanwhile; null: as long as it takes.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="GatewayException">It cannot be had in time: <see cref="ErrorKind.Overloaded"/>, with when to come again.</exception>
    public async ValueTask<JudgePermit> EnterAsync(string party, long tokens, Deadline? deadline, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var waiter = new JudgeWaiter(party, Math.Clamp(tokens, 0, _options.TokensPerMinute ?? long.MaxValue / 4), Now, deadline);
        waiter.Note(waiter.Since);
        lock (_lock)
        {
            if (_queue.Count == 0 && Fits(waiter) && !(waiter.Left <= TimeSpan.Zero))
            {
                return Grant(waiter);
            }

            if (Refusal(waiter) is { } refusal)
            {
                _metrics.Refused(_judge);
                throw refusal;
            }

            _queue.Add(waiter);
            Schedule();
        }

        await using var registration = cancellation.UnsafeRegister(_ => Cancel(waiter, cancellation), null);
        var permit = await waiter.Task;
        if (cancellation.IsCancellationRequested)
        {
            GiveBack(permit);
            cancellation.ThrowIfCancellationRequested();
        }

        return permit;
    }

    /// <summary>A call used this much in place of what was reserved.</summary>
    internal void Settle(JudgePermit permit, long tokens)
    {
        lock (_lock)
        {
            _tokens.Take(Now, permit.At, tokens - permit.Reserved);
            _used.Take(Now, permit.At, tokens);
            Serve();
        }
    }

    /// <summary>A call is over.</summary>
    internal void Leave()
    {
        lock (_lock)
        {
            _inFlight--;
            Serve();
        }
    }

    /// <summary>Stops the clock; who waits is refused.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        _metrics.Forget(this);
        lock (_lock)
        {
            while (_queue.Next is { } waiter)
            {
                Refuse(waiter, new GatewayException(ErrorKind.NotReady, $"The judge '{_judge}' is stopping."));
            }
        }
    }

    // Its caller left when it was given: nothing was sent.
    private void GiveBack(JudgePermit permit)
    {
        permit.Settle(0);
        lock (_lock)
        {
            _requests.Take(Now, permit.At, -1);
        }

        permit.Dispose();
    }

    private bool Fits(JudgeWaiter waiter) =>
        _inFlight < _options.MaxConcurrency && _requests.Fits(Now, 1) && _tokens.Fits(Now, waiter.Tokens);

    private JudgePermit Grant(JudgeWaiter waiter)
    {
        var now = Now;
        _inFlight++;
        _requests.Take(now, now, 1);
        _tokens.Take(now, now, waiter.Tokens);
        _metrics.Waited(_judge, now - waiter.Since);
        return new JudgePermit(this, now, waiter.Tokens, now - waiter.Since);
    }

    private void Serve()
    {
        // First, so that nothing is sent whose answer nobody waits for.
        RefuseLate();
        while (_queue.Next is { } waiter && Fits(waiter))
        {
            _queue.Served(waiter);
            waiter.SetResult(Grant(waiter));
        }

        Schedule();
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            Serve();
        }
    }

    private void RefuseLate()
    {
        var now = Now;
        while (_queue.Soonest is { } waiter && waiter.Until <= now)
        {
            if (waiter.Left <= TimeSpan.Zero)
            {
                Refuse(waiter, Full(waiter));
            }
            else
            {
                _queue.Note(waiter, now);
            }
        }
    }

    private void Refuse(JudgeWaiter waiter, GatewayException refusal)
    {
        _queue.Remove(waiter);
        _metrics.Refused(_judge);
        waiter.SetException(refusal);
    }

    private void Cancel(JudgeWaiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (!_queue.Remove(waiter))
            {
                return;
            }

            // Whoever stood behind it may fit.
            Serve();
        }

        waiter.SetCanceled(cancellation);
    }

    // The sooner of the next deadline and the time at which the next in turn may fit; free places are told by who leaves.
    private void Schedule()
    {
        if (_queue.Next is not { } next)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        var now = Now;
        var room = _inFlight < _options.MaxConcurrency ? Longer(_requests.Wait(now, 1), _tokens.Wait(now, next.Tokens)) : TimeSpan.MaxValue;
        var left = _queue.Soonest?.Until is { } until ? until - now : TimeSpan.MaxValue;
        var wait = room < left ? room : left;
        // A millisecond more, since timers count in whole ones and must not come too soon; they hold 49 days at most.
        wait = Longer(wait < LongestTimer ? wait : LongestTimer, TimeSpan.Zero);
        _timer.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    // Only what is certain: the party's own calls that go first, and tokens that were used; what is reserved may come back.
    private GatewayException? Refusal(JudgeWaiter waiter)
    {
        var now = Now;
        var wait = Longer(_requests.Wait(now, 1 + _queue.CountOf(waiter.Party)), _used.Wait(now, waiter.Tokens));
        return wait >= waiter.Left ? Full(waiter) : null;
    }

    private GatewayException Full(JudgeWaiter waiter)
    {
        var now = Now;
        var wait = Longer(_requests.Wait(now, 1 + _queue.CountOf(waiter.Party)), _tokens.Wait(now, waiter.Tokens));
        return new GatewayException(
            ErrorKind.Overloaded,
            $"The judge '{_judge}' is at its limit ({InFlight} calls in flight, {_queue.Count} waiting) and this call cannot have its turn in time; try again later, or raise the judge's limits.",
            retryAfter: Longer(wait, ShortestRetry));
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
