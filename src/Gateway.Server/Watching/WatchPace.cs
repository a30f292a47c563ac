namespace Gateway.Server.Watching;

/// <summary>
/// How many responses of a run are looked at: all, up to more a second than models score, so that stored scores, which come a hundred times faster,
/// are not slowed by being watched. Of what comes faster an even sample is taken. Safe for concurrent use.
/// </summary>
/// <param name="clock">The clock.</param>
internal sealed class WatchPace(TimeProvider clock)
{
    /// <summary>Responses of a run that are looked at in a second, over time.</summary>
    public const int PerSecond = 2_000;

    /// <summary>Those that are looked at however soon they come.</summary>
    public const int AtOnce = 8_192;

    private readonly Lock _lock = new();
    private long _since = clock.GetTimestamp();
    private double _room = AtOnce;

    /// <summary>How many of so many responses to look at.</summary>
    public int Take(int responses)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _room = Math.Min(AtOnce, _room + (clock.GetElapsedTime(_since, now).TotalSeconds * PerSecond));
            _since = now;
            var taken = (int)Math.Min(responses, _room);
            _room -= taken;
            return taken;
        }
    }
}
