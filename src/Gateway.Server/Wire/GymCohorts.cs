using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// Rollouts of one prompt that wait for each other, since a judge that compares can say nothing of one alone: the last of so many to arrive has all of them
/// judged together. A rollout whose client leaves, or whose siblings do not come in time, goes; the others wait on.
/// </summary>
/// <param name="size">How many make a cohort.</param>
/// <param name="patience">How long a rollout waits for its siblings.</param>
/// <param name="clock">The clock of that.</param>
internal sealed class GymCohorts(int size, TimeSpan patience, TimeProvider clock)
{
    private readonly Dictionary<string, Cohort> _open = new(StringComparer.Ordinal);

    /// <summary>How many cohorts wait for rollouts.</summary>
    public int Open
    {
        get
        {
            lock (_open)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Waits for the siblings, and for what all of them get; gives this rollout's own.</summary>
    /// <param name="key">What siblings have in common.</param>
    /// <param name="response">The rollout's response, in memory of its own.</param>
    /// <param name="judgeAsync">Judges the responses of a whole cohort: one result for each. It ends when nobody waits any more.</param>
    /// <param name="aborted">Fires when the rollout's client has gone.</param>
    /// <exception cref="GatewayException">The siblings did not come, or the cohort as a whole could not be judged.</exception>
    public async Task<ScoredResponse> JoinAsync(
        string key, Utf8Text response, Func<IReadOnlyList<Utf8Text>, CancellationToken, Task<IReadOnlyList<ScoredResponse>>> judgeAsync, CancellationToken aborted)
    {
        var member = new Member(response);
        var cohort = Enter(key, member, out var isFull);
        // The members await what it gives them, and it ends with the last of them.
        var judging = isFull ? cohort.JudgeAsync(judgeAsync) : Task.CompletedTask;
        try
        {
            await WaitForSiblingsAsync(key, cohort, member, aborted);
            return await member.Result.WaitAsync(aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            if (LeaveOpen(key, cohort, member) == 0)
            {
                cohort.LeaveFull();
            }

            await judging;
            throw;
        }
    }

    private async Task WaitForSiblingsAsync(string key, Cohort cohort, Member member, CancellationToken aborted)
    {
        try
        {
            await cohort.Full.WaitAsync(patience, clock, aborted);
        }
        catch (TimeoutException) when (LeaveOpen(key, cohort, member) is > 0 and var arrived)
        {
            throw new GatewayException(
                ErrorKind.TimedOut,
                $"{arrived} of {size} rollouts of this prompt came within {patience.TotalMilliseconds:0} ms; send all of them, or set {NemoGymOptions.Section}:RolloutsPerPrompt to as many as there are.");
        }
        catch (TimeoutException)
        {
            // The last sibling came at the same moment.
        }
    }

    private Cohort Enter(string key, Member member, out bool isFull)
    {
        lock (_open)
        {
            if (!_open.TryGetValue(key, out var cohort))
            {
                _open.Add(key, cohort = new Cohort());
            }

            cohort.Members.Add(member);
            isFull = cohort.Members.Count == size;
            if (isFull)
            {
                _open.Remove(key);
            }

            return cohort;
        }
    }

    /// <summary>How many had arrived, this one included; 0 where the cohort is full, which it does not leave.</summary>
    private int LeaveOpen(string key, Cohort cohort, Member member)
    {
        lock (_open)
        {
            var arrived = cohort.Members.Count;
            if (arrived == size)
            {
                return 0;
            }

            cohort.Members.Remove(member);
            if (cohort.Members.Count == 0)
            {
                _open.Remove(key);
            }

            return arrived;
        }
    }

    private sealed class Member(Utf8Text response)
    {
        private readonly TaskCompletionSource<ScoredResponse> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Utf8Text Response => response;

        public Task<ScoredResponse> Result => _result.Task;

        public void Get(ScoredResponse result) => _result.SetResult(result);

        public void Get(Exception fault)
        {
            _result.SetException(fault);
            // Whoever has left does not look at it.
            _ = _result.Task.Exception;
        }
    }

    private sealed class Cohort
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly CancellationTokenSource _nobody = new();
        private int _left;

        public List<Member> Members { get; } = [];

        public Task Full => _full.Task;

        /// <summary>Gives every member its result; runs until it has.</summary>
        public async Task JudgeAsync(Func<IReadOnlyList<Utf8Text>, CancellationToken, Task<IReadOnlyList<ScoredResponse>>> judgeAsync)
        {
            _full.SetResult();
            try
            {
                var results = await judgeAsync([.. Members.Select(member => member.Response)], _nobody.Token);
                for (var i = 0; i < Members.Count; i++)
                {
                    Members[i].Get(results[i]);
                }
            }
            catch (Exception e)
            {
                Members.ForEach(member => member.Get(e));
            }
        }

        /// <summary>Ends the judging where nobody waits for it any more.</summary>
        public void LeaveFull()
        {
            if (Interlocked.Increment(ref _left) == Members.Count)
            {
                _nobody.Cancel();
            }
        }
    }
}
