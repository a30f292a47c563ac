using System.Globalization;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Caching;

namespace Gateway.Server.Scoring;

/// <summary>
/// Scores units that may be asked for by several requests at once: a unit that is being scored is waited for, and the rest of a request is run for
/// itself, in pieces, so that who waits for one unit waits for no more than its piece. Each request waits for its own deadline; a piece goes on for
/// as long as anybody waits for it.
/// </summary>
internal sealed class SingleFlight(Admission admission, ScoreCache cache, CacheMetrics metrics, TimeProvider clock) : IAsyncDisposable
{
    // After so many runs of others that failed for their reasons, a request only trusts its own.
    private const int MostJoins = 2;

    // Enough to fill any batch of a model, and few enough to be waited for by who wants one of them.
    private const int UnitsPerRun = 512;

    private readonly Lock _lock = new();
    private readonly Dictionary<ScoreKey, (SharedRun Run, int Unit)> _flights = [];
    private readonly HashSet<SharedRun> _runs = [];
    private long _requests;

    private static ScoreResult TimedOut { get; } = ScoreResult.Failed(ErrorKind.TimedOut, "The deadline passed before this response was scored.");

    /// <summary>Gives each unit without a result one, and stores what is a score.</summary>
    /// <exception cref="GatewayException">The house is full, or a model broke its contract.</exception>
    public async Task ScoreAsync(KeyedUnits units, ScoreOptions options, CancellationToken aborted)
    {
        var started = clock.GetTimestamp();
        // All pieces of a request are one party.
        options = options.Party is null ? options with { Party = string.Create(CultureInfo.InvariantCulture, $"request {Interlocked.Increment(ref _requests)}") } : options;
        using var deadline = new CancellationTokenSource(options.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        for (var attempt = 0; units.Missing > 0; attempt++)
        {
            try
            {
                var left = attempt == 0 ? options : options with { Patience = options.Patience - clock.GetElapsedTime(started) };
                var claim = ClaimAndStart(units, mayJoin: options.Cache != CacheUse.Refresh && attempt < MostJoins, left);
                await WaitAsync(claim.Runs, either.Token);
                await TakeAsync(claim, units, mayRetry: !either.IsCancellationRequested);
            }
            catch (GatewayException e) when (attempt > 0 && e.Kind == ErrorKind.Overloaded)
            {
                // Others' runs gave the rest their scores; only what this request tried itself is refused.
                Array.ForEach(units.WithoutResult(), unit => units.SetAll(unit, ScoreResult.Failed(e.Kind, e.Message)));
            }
        }
    }

    /// <summary>Waits for what still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        SharedRun[] running;
        lock (_lock)
        {
            running = [.. _runs];
        }

        await Task.WhenAll(running.Select(run => run.AbandonAsync()));
    }

    private Claim ClaimAndStart(KeyedUnits units, bool mayJoin, ScoreOptions options)
    {
        var claim = new Claim();
        AdmittedRun[] admitted;
        lock (_lock)
        {
            var generation = cache.Generation(units.Entry);
            if (options.Cache != CacheUse.Refresh)
            {
                // What a run stored since the cache was asked.
                cache.FindInProcess(units);
            }

            foreach (var unit in units.WithoutResult())
            {
                // A run that began before a drop gives what was dropped.
                if (mayJoin && _flights.TryGetValue(units.Keys[unit], out var flight) && flight.Run.Waiters > 0 && flight.Run.Generation >= generation)
                {
                    claim.Join(unit, flight.Run, flight.Unit);
                }
                else
                {
                    claim.Own.Add(unit);
                }
            }

            admitted = Lead(claim, units, generation, options);
            claim.EnterJoined(options.Patience);
        }

        metrics.Joined(claim.Joined.Count);
        for (var i = 0; i < admitted.Length; i++)
        {
            _ = claim.OwnRuns[i].RunAsync(admitted[i], (run, results) => End(units.Entry, run, results));
        }

        return claim;
    }

    /// <summary>Makes the runs of what a request claimed for itself; their permits are taken together.</summary>
    private AdmittedRun[] Lead(Claim claim, KeyedUnits units, long generation, ScoreOptions options)
    {
        if (claim.Own.Count == 0)
        {
            return [];
        }

        int[][] pieces = [.. claim.Own.Chunk(UnitsPerRun)];
        HardenedItem[][] hardened = [.. pieces.Select(units.Hardened)];
        // Refused here, they were never there for others to wait for.
        var admitted = AdmittedRun.Enter(admission, units.Entry, hardened, options.Patience);
        for (var piece = 0; piece < pieces.Length; piece++)
        {
            var run = new SharedRun(hardened[piece], [.. pieces[piece].Select(unit => units.Keys[unit])], generation, new Deadline(options.Patience, clock) { Party = options.Party });
            claim.Lead(run);
            _runs.Add(run);
            for (var i = 0; i < run.Keys.Length; i++)
            {
                _flights[run.Keys[i]] = (run, i);
            }
        }

        return admitted;
    }

    /// <summary>Waits until all runs are over or the token fires, then leaves; runs that nobody waits for any more end first.</summary>
    private async Task WaitAsync(IEnumerable<SharedRun> runs, CancellationToken cancellation)
    {
        foreach (var run in runs)
        {
            await ((Task)run.Done).WaitAsync(cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var abandoned = new List<SharedRun>();
        lock (_lock)
        {
            foreach (var run in runs)
            {
                if (--run.Waiters == 0 && !run.Done.IsCompleted)
                {
                    abandoned.Add(run);
                }
            }
        }

        foreach (var run in abandoned)
        {
            await run.AbandonAsync();
        }
    }

    private static async Task TakeAsync(Claim claim, KeyedUnits units, bool mayRetry)
    {
        foreach (var (unit, run, at) in claim.Joined)
        {
            if (!run.Done.IsCompleted)
            {
                units.SetAll(unit, TimedOut);
                continue;
            }

            // Where another's run was too busy or too slow for it, this request tries itself, if it has the time.
            var results = (await run.Done)[at];
            if (!mayRetry || !results.Any(result => result.Failure?.Kind is ErrorKind.Overloaded or ErrorKind.TimedOut))
            {
                units.Set(unit, results);
            }
        }

        for (var i = 0; i < claim.Own.Count; i++)
        {
            var run = claim.OwnRuns[i / UnitsPerRun];
            if (run.Done.IsCompleted)
            {
                units.Set(claim.Own[i], (await run.Done)[i % UnitsPerRun]);
            }
            else
            {
                units.SetAll(claim.Own[i], TimedOut);
            }
        }
    }

    /// <summary>Stores the scores and makes room for new flights, in one step, so that whoever comes finds one or the other.</summary>
    private void End(ModelEntry entry, SharedRun run, IReadOnlyList<ScoreResult>[]? results)
    {
        lock (_lock)
        {
            _runs.Remove(run);
            for (var i = 0; i < run.Keys.Length; i++)
            {
                // A refresh that began later owns the place now, and what it finds is newer.
                if (_flights.TryGetValue(run.Keys[i], out var flight) && flight.Run == run)
                {
                    _flights.Remove(run.Keys[i]);
                    if (results is not null)
                    {
                        cache.Store(entry, run.Keys[i], results[i], run.Units[i].Findings, run.Generation);
                    }
                }
            }
        }
    }

    /// <summary>What a request waits for: some units of others' runs, and the rest in runs of its own.</summary>
    private sealed class Claim
    {
        private readonly HashSet<SharedRun> _joined = [];

        public List<(int Unit, SharedRun Run, int At)> Joined { get; } = [];

        public List<int> Own { get; } = [];

        public List<SharedRun> OwnRuns { get; } = [];

        public IEnumerable<SharedRun> Runs => _joined.Concat(OwnRuns);

        public void Join(int unit, SharedRun run, int at)
        {
            Joined.Add((unit, run, at));
            _joined.Add(run);
        }

        public void EnterJoined(TimeSpan patience)
        {
            foreach (var run in _joined)
            {
                run.Waiters++;
                run.Deadline.Extend(patience);
            }
        }

        public void Lead(SharedRun run) => OwnRuns.Add(run);
    }
}
