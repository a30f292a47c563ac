namespace Gateway.Server.Upstream;

/// <summary>Two counts over the last ten seconds, in steps of one. Not safe for several threads: its owner's lock guards it.</summary>
internal sealed class RecentCount(TimeProvider clock)
{
    private const int Seconds = 10;

    private readonly long[] _all = new long[Seconds];
    private readonly long[] _some = new long[Seconds];
    private readonly long _start = clock.GetTimestamp();
    private long _second;

    /// <summary>How many there were.</summary>
    public long All { get; private set; }

    /// <summary>How many of another sort there were.</summary>
    public long Some { get; private set; }

    /// <summary>Counts one.</summary>
    public void AddToAll()
    {
        Move();
        _all[_second % Seconds]++;
        All++;
    }

    /// <summary>Counts one of the other sort.</summary>
    public void AddToSome()
    {
        Move();
        _some[_second % Seconds]++;
        Some++;
    }

    /// <summary>Forgets what is older than ten seconds.</summary>
    public void Move()
    {
        var now = (long)clock.GetElapsedTime(_start).TotalSeconds;
        for (var gone = Math.Max(_second + 1, now - Seconds + 1); gone <= now; gone++)
        {
            All -= _all[gone % Seconds];
            Some -= _some[gone % Seconds];
            (_all[gone % Seconds], _some[gone % Seconds]) = (0, 0);
        }

        _second = Math.Max(_second, now);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_all);
        Array.Clear(_some);
        (All, Some) = (0, 0);
    }
}
