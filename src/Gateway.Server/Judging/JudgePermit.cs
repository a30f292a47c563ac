namespace Gateway.Server.Judging;

/// <summary>The right to one call of a judge; disposing it frees its place, and leaves what was reserved where nothing was settled.</summary>
internal sealed class JudgePermit : IDisposable
{
    private readonly JudgeLimits _limits;
    private int _settled;
    private int _left;

    /// <summary>A right to reserved tokens.</summary>
    public JudgePermit(JudgeLimits limits, TimeSpan at, long reserved, TimeSpan waited) => (_limits, At, Reserved, Waited) = (limits, at, reserved, waited);

    /// <summary>When it was given, on the limits' clock.</summary>
    public TimeSpan At { get; }

    /// <summary>The tokens reserved.</summary>
    public long Reserved { get; }

    /// <summary>How long it was waited for.</summary>
    public TimeSpan Waited { get; }

    /// <summary>Says what the call really used, in tokens; 0 where the engine ran nothing. Only the first word counts.</summary>
    public void Settle(long tokens)
    {
        if (Interlocked.Exchange(ref _settled, 1) == 0)
        {
            _limits.Settle(this, Math.Max(0, tokens));
        }
    }

    /// <summary>Frees the place.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            _limits.Leave();
        }
    }
}
