namespace Gateway.Core.Scoring;

/// <summary>Until when somebody waits for work. Whoever joins may move it out while the work goes on; nobody moves it in. Safe for all threads.</summary>
public sealed class Deadline
{
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private long _end;

    /// <summary>A deadline after this time.</summary>
    public Deadline(TimeSpan patience, TimeProvider clock)
    {
        (_clock, _begun) = (clock, clock.GetTimestamp());
        _end = patience.Ticks;
    }

    /// <summary>Among whom turns go round where work must wait: all work of one party is one; null where this work is a party by itself.</summary>
    public string? Party { get; init; }

    /// <summary>How long somebody still waits; zero or less where nobody does.</summary>
    public TimeSpan Left => new TimeSpan(Interlocked.Read(ref _end)) - _clock.GetElapsedTime(_begun);

    /// <summary>Another waits this long from now.</summary>
    public void Extend(TimeSpan patience)
    {
        var elapsed = _clock.GetElapsedTime(_begun);
        var end = patience < TimeSpan.MaxValue - elapsed ? (patience + elapsed).Ticks : long.MaxValue;
        var now = Interlocked.Read(ref _end);
        while (end > now)
        {
            var before = Interlocked.CompareExchange(ref _end, end, now);
            if (before == now)
            {
                return;
            }

            now = before;
        }
    }
}
