namespace Gateway.Server.Upstream;

/// <summary>
/// Keeps retries from multiplying the load of a cluster that is short of breath: over the last ten seconds they are at most a share of the
/// calls, or a floor where there were few.
/// </summary>
internal sealed class RetryBudget(TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly RecentCount _recent = new(clock);

    /// <summary>A call begins.</summary>
    public void Count()
    {
        lock (_lock)
        {
            _recent.AddToAll();
        }
    }

    /// <summary>Takes one retry, if there is one left.</summary>
    public bool TryTake(int percent, int floor)
    {
        lock (_lock)
        {
            _recent.Move();
            if (_recent.Some >= floor + (_recent.All * percent / 100))
            {
                return false;
            }

            _recent.AddToSome();
            return true;
        }
    }
}
