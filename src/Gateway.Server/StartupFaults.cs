namespace Gateway.Server;

/// <summary>What keeps the gateway from starting, gathered over several steps, so that an operator hears of all of it at once.</summary>
internal sealed class StartupFaults
{
    private readonly List<Exception> _faults = [];

    /// <summary>Takes a step, whatever became of those before.</summary>
    public void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception e) when (StartupReport.Explains(e))
        {
            _faults.Add(e);
        }
    }

    /// <summary>Takes a step that waits for something.</summary>
    public async Task TryAsync(Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (StartupReport.Explains(e))
        {
            _faults.Add(e);
        }
    }

    /// <summary>Ends where a step did not succeed.</summary>
    /// <exception cref="AggregateException">Some did not; the problems of all are in it.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw new AggregateException(_faults);
        }
    }
}
