namespace Gateway.Server.Judging;

/// <summary>
/// What was taken in the last 60 seconds, in steps of a quarter second: never more than the limit in any 60 seconds. What was taken counts until
/// the end of its step lies 60 seconds back. Not safe for several threads.
/// </summary>
/// <param name="limit">The most in a minute.</param>
internal sealed class RateWindow(long limit)
{
    private const int Steps = 241;

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private readonly long[] _taken = new long[Steps];
    private long _newest;
    private long _sum;

    /// <summary>What was taken and still counts.</summary>
    public long Taken(TimeSpan now)
    {
        Advance(now);
        return _sum;
    }

    /// <summary>Whether there is room for this much.</summary>
    public bool Fits(TimeSpan now, long amount) => Taken(now) + amount <= limit;

    /// <summary>Takes an amount, room or not; below zero gives back. What was taken so long ago that it counts no more changes nothing.</summary>
    /// <param name="now">The time now.</param>
    /// <param name="at">When it was, or was to be, taken.</param>
    /// <param name="amount">How much.</param>
    public void Take(TimeSpan now, TimeSpan at, long amount)
    {
        Advance(now);
        var step = at.Ticks / Step.Ticks;
        if (step > _newest - Steps)
        {
            _taken[step % Steps] += amount;
            _sum += amount;
        }
    }

    /// <summary>How long until there is room for this much, if nothing else is taken; more than the limit takes several windows.</summary>
    public TimeSpan Wait(TimeSpan now, long amount)
    {
        Advance(now);
        var whole = Math.Max(0, (amount - 1) / limit);
        var (rest, left) = (amount - (whole * limit), _sum);
        for (var step = _newest - Steps + 1; step <= _newest; step++)
        {
            if (left + rest <= limit)
            {
                break;
            }

            left -= step < 0 ? 0 : _taken[step % Steps];
            if (left + rest <= limit)
            {
                return (Step * (step + Steps)) - now + (whole * TimeSpan.FromMinutes(1));
            }
        }

        return whole * TimeSpan.FromMinutes(1);
    }

    private void Advance(TimeSpan now)
    {
        var step = now.Ticks / Step.Ticks;
        for (var next = Math.Max(_newest + 1, step - Steps + 1); next <= step; next++)
        {
            _sum -= _taken[next % Steps];
            _taken[next % Steps] = 0;
        }

        // A long pause passes over steps: all that was taken is out of the window then.
        _newest = Math.Max(_newest, step);
    }
}
