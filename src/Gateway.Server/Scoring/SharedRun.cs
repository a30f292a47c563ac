using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>One call of a model that several requests may wait for, each for some of its units. It ends when it is done, or when nobody waits any more.</summary>
internal sealed class SharedRun
{
    private readonly TaskCompletionSource<IReadOnlyList<ScoreResult>[]> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abandoned = new();

    /// <summary>A run for the one request that begins it.</summary>
    public SharedRun(IReadOnlyList<HardenedItem> units, ScoreKey[] keys, long generation, Deadline deadline)
    {
        Units = units;
        Keys = keys;
        Generation = generation;
        Deadline = deadline;
    }

    /// <summary>What is scored, still in the memory of the request that begins it.</summary>
    public IReadOnlyList<HardenedItem> Units { get; }

    /// <summary>The key of each unit.</summary>
    public ScoreKey[] Keys { get; }

    /// <summary>The generation that was in force when it began.</summary>
    public long Generation { get; }

    /// <summary>Until when the last of its requests waits; those that join move it out.</summary>
    public Deadline Deadline { get; }

    /// <summary>Requests that wait for it; read and written under the lock of <see cref="SingleFlight"/>. At zero nobody can join.</summary>
    public int Waiters { get; set; } = 1;

    /// <summary>The results by unit.</summary>
    public Task<IReadOnlyList<ScoreResult>[]> Done => _done.Task;

    /// <summary>Scores in memory of its own. Runs on the caller's thread until the model waits; the caller's texts are not read after that.</summary>
    /// <param name="admitted">The permits, given back at the end.</param>
    /// <param name="store">Called with the results before anybody hears of them, or with null where there are none.</param>
    public async Task RunAsync(AdmittedRun admitted, Action<SharedRun, IReadOnlyList<ScoreResult>[]?> store)
    {
        IReadOnlyList<ScoreResult>[]? results = null;
        Exception? fault = null;
        try
        {
            using (admitted)
            {
                results = await admitted.ScoreAsync(HardenedItem.ToOwned(Units), Deadline, _abandoned.Token);
            }
        }
        catch (Exception e)
        {
            fault = e;
        }

        try
        {
            store(this, results);
        }
        finally
        {
            // Nobody waits for ever, and nobody need be there to see the fault.
            _ = results is not null ? _done.TrySetResult(results) : _done.TrySetException(fault!);
            _ = _done.Task.Exception;
        }
    }

    /// <summary>The last request has left: what has not begun ends now.</summary>
    public async Task AbandonAsync()
    {
        await _abandoned.CancelAsync();
        await ((Task)_done.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
