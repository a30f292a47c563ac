using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Watching;

namespace Gateway.Server.Wire;

/// <summary>
/// Rollouts of one prompt that wait for each other, since a judge that compares can say nothing of one alone: the last of so many to arrive has all of them
/// judged together. A rollout whose client leaves, or whose siblings do not come in time, goes; the others wait on. Two rollouts of one number are no
/// siblings: those of one task in one run are numbered apart.
/// </summary>
/// <param name="size">How many make a cohort.</param>
/// <param name="patience">How long a rollout waits for its siblings.</param>
/// <param name="clock">The clock of that.</param>
internal sealed class GymCohorts(int size, TimeSpan patience, TimeProvider clock)
{
    // A number is a few digits; what else it may be is not shown.
    private const int LongestNumber = 20;

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
    /// <param name="rollout">The rollout.</param>
    /// <param name="judgeAsync">Judges the responses of a whole cohort: one result for each. It ends when nobody waits any more.</param>
    /// <param name="aborted">Fires when the rollout's client has gone.</param>
    /// <exception cref="GatewayException">The siblings did not come, are another run's, or the cohort as a whole could not be judged.</exception>
    public async Task<ScoredResponse> JoinAsync(
        string key, GymSibling rollout, Func<IReadOnlyList<Utf8Text>, CancellationToken, Task<IReadOnlyList<ScoredResponse>>> judgeAsync, CancellationToken aborted)
    {
        var member = new Member(rollout);
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
            await member.Full.WaitAsync(patience, clock, aborted);
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

            if (member.Rollout.Number is { } number && cohort.Members.Find(other => other.Rollout.Number == number) is { } same)
            {
                Part(key, cohort, same, member);
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

    /// <summary>The same response again is a call whose client lost its connection, and takes that one's place; another one is of another run.</summary>
    /// <exception cref="GatewayException">It is another one; nobody can tell which of the cohort are siblings.</exception>
    private void Part(string key, Cohort cohort, Member before, Member after)
    {
        var fault = new GatewayException(
            ErrorKind.InvalidRequest,
            $"Two rollouts of this prompt have the _ng_rollout_index {(before.Rollout.Number!.Length <= LongestNumber ? before.Rollout.Number : "…")}, as if they were of two training runs, which must not be judged against each other. "
            + $"Name each run in the header {RunName.Header} or, where the client sends none, in a field training_run of its tasks.");
        if (before.Rollout.Response == after.Rollout.Response)
        {
            cohort.Members.Remove(before);
            before.Get(fault);
            return;
        }

        _open.Remove(key);
        cohort.Members.ForEach(member => member.Get(fault));
        throw fault;
    }

    /// <summary>How many had arrived, this one included; 0 where the cohort is full, which it does not leave, and less where another has its place.</summary>
    private int LeaveOpen(string key, Cohort cohort, Member member)
    {
        lock (_open)
        {
            if (!cohort.Members.Contains(member))
            {
                return -1;
            }

            var arrived = cohort.Members.Count;
            if (arrived == size)
            {
                return 0;
            }

            cohort.Members.Remove(member);
            if (cohort.Members.Count == 0 && _open.GetValueOrDefault(key) == cohort)
            {
                _open.Remove(key);
            }

            return arrived;
        }
    }

    private sealed class Member(GymSibling rollout)
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ScoredResponse> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public GymSibling Rollout => rollout;

        public Task Full => _full.Task;

        public Task<ScoredResponse> Result => _result.Task;

        public void BeFull() => _full.TrySetResult();

        public void Get(ScoredResponse result) => _result.SetResult(result);

        public void Get(Exception fault)
        {
            _result.SetException(fault);
            // Whoever has left does not look at it.
            _ = _result.Task.Exception;
            BeFull();
        }
    }

    private sealed class Cohort
    {
        private readonly CancellationTokenSource _nobody = new();
        private int _left;

        public List<Member> Members { get; } = [];

        /// <summary>Gives every member its result; runs until it has.</summary>
        public async Task JudgeAsync(Func<IReadOnlyList<Utf8Text>, CancellationToken, Task<IReadOnlyList<ScoredResponse>>> judgeAsync)
        {
            Members.ForEach(member => member.BeFull());
            try
            {
                var results = await judgeAsync([.. Members.Select(member => member.Rollout.Response)], _nobody.Token);
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

/// <summary>One rollout of a prompt.</summary>
/// <param name="Number">Its number among those of its task in its run; null where nobody numbered them.</param>
/// <param name="Response">Its response, in memory of its own.</param>
internal sealed record GymSibling(string? Number, Utf8Text Response);
