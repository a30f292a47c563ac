using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Gateway.Server.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests;

/// <summary>Rollouts that wait for each other.</summary>
public sealed class GymCohortsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Join_LastOfThem_HasAllJudgedOnceInTheOrderTheyCame()
    {
        var cohorts = new GymCohorts(3, Patience, _clock);
        var judged = new List<string>();

        var joined = ((string[])["a", "bbb", "cc"]).Select(text => JoinAsync(cohorts, text, judged)).ToArray();

        Assert.Equal([1, 3, 2], (await Task.WhenAll(joined)).Select(response => response.Result.Score!.Value));
        Assert.Equal(["a,bbb,cc"], judged);
        Assert.Equal(0, cohorts.Open);
    }

    [Fact]
    public async Task Join_OneLeavesBeforeTheRestCame_IsNotCounted()
    {
        var cohorts = new GymCohorts(2, Patience, _clock);
        var judged = new List<string>();
        using var leaving = new CancellationTokenSource();
        var gone = JoinUntilAsync(cohorts, "gone", judged, "k", leaving.Token);

        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(0, cohorts.Open);
        await Task.WhenAll(JoinAsync(cohorts, "a", judged), JoinAsync(cohorts, "bb", judged));

        Assert.Equal(["a,bb"], judged);
    }

    [Fact]
    public async Task Join_SiblingsDoNotCome_TimesOutEachByItself()
    {
        var cohorts = new GymCohorts(3, Patience, _clock);
        var judged = new List<string>();
        var first = JoinAsync(cohorts, "a", judged);
        _clock.Advance(Patience / 2);
        var second = JoinAsync(cohorts, "bb", judged);
        _clock.Advance(Patience / 2);

        var late = await Assert.ThrowsAsync<GatewayException>(() => first);
        var rest = await Task.WhenAll(second, JoinAsync(cohorts, "ccc", judged), JoinAsync(cohorts, "dddd", judged));

        Assert.Equal(ErrorKind.TimedOut, late.Kind);
        Assert.StartsWith("2 of 3 rollouts of this prompt came within 10000 ms", late.Message, StringComparison.Ordinal);
        Assert.Equal([2, 3, 4], rest.Select(response => response.Result.Score!.Value));
    }

    [Fact]
    public async Task Join_AllLeaveWhileTheyAreJudged_EndsTheJudging()
    {
        var cohorts = new GymCohorts(2, Patience, _clock);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var leaving = new CancellationTokenSource();
        using var first = new CancellationTokenSource();

        Task<ScoredResponse> Join(string text, CancellationToken aborted) => cohorts.JoinAsync("k", new GymSibling(null, new Utf8Text(text)), async (_, cancellation) =>
        {
            using var registered = cancellation.Register(ended.SetResult);
            await ended.Task;
            throw new OperationCanceledException(cancellation);
        }, aborted);

        Task<ScoredResponse>[] joined = [Join("a", first.Token), Join("b", leaving.Token)];
        await first.CancelAsync();
        Assert.False(ended.Task.IsCompleted);
        await leaving.CancelAsync();

        await ended.Task.WaitAsync(TestContext.Current.CancellationToken);
        foreach (var left in joined)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        }
    }

    [Fact]
    public async Task Join_JudgingFails_FailsEachAndTheNextCohortIsJudged()
    {
        var cohorts = new GymCohorts(2, Patience, _clock);
        Task<ScoredResponse> Failing(string text) => cohorts.JoinAsync(
            "k", new GymSibling(null, new Utf8Text(text)), (_, _) => throw new GatewayException(ErrorKind.Overloaded, "full"), TestContext.Current.CancellationToken);

        Task<ScoredResponse>[] failing = [Failing("a"), Failing("b")];
        foreach (var failed in failing)
        {
            Assert.Equal(ErrorKind.Overloaded, (await Assert.ThrowsAsync<GatewayException>(() => failed)).Kind);
        }

        var judged = new List<string>();
        await Task.WhenAll(JoinAsync(cohorts, "a", judged), JoinAsync(cohorts, "b", judged));
        Assert.Single(judged);
    }

    [Fact]
    public async Task Join_TwoOfOneNumber_AreOfTwoRunsAndNobodyIsJudged()
    {
        var cohorts = new GymCohorts(3, Patience, _clock);
        var judged = new List<string>();
        Task<ScoredResponse> Join(string text, string number) => JoinUntilAsync(cohorts, text, judged, "k", TestContext.Current.CancellationToken, number);

        Task<ScoredResponse>[] mixed = [Join("a", "0"), Join("bb", "1"), Join("ccc", "0")];
        foreach (var one in mixed)
        {
            var fault = await Assert.ThrowsAsync<GatewayException>(() => one);
            Assert.Equal(ErrorKind.InvalidRequest, fault.Kind);
            Assert.Contains("_ng_rollout_index 0", fault.Message, StringComparison.Ordinal);
            Assert.Contains("X-Training-Run", fault.Message, StringComparison.Ordinal);
        }

        Assert.Equal((0, 0), (cohorts.Open, judged.Count));
        await Task.WhenAll(Join("a", "0"), Join("bb", "1"), Join("ccc", "2"));
        Assert.Equal(["a,bb,ccc"], judged);
    }

    [Fact]
    public async Task Join_TheSameOfOneNumberAgain_TakesThePlaceOfTheCallThatWasLost()
    {
        var cohorts = new GymCohorts(2, Patience, _clock);
        var judged = new List<string>();
        using var lost = new CancellationTokenSource();

        var first = JoinUntilAsync(cohorts, "a", judged, "k", lost.Token, "0");
        var again = JoinUntilAsync(cohorts, "a", judged, "k", TestContext.Current.CancellationToken, "0");
        await lost.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => first);
        var other = JoinUntilAsync(cohorts, "bb", judged, "k", TestContext.Current.CancellationToken, "1");

        Assert.Equal((1, 2), ((await again).Result.Score!.Value, (await other).Result.Score!.Value));
        Assert.Equal(["a,bb"], judged);
    }

    [Fact]
    public async Task Join_ManyAtOnce_EachGetsItsOwn()
    {
        var cohorts = new GymCohorts(8, Patience, _clock);
        var judged = new List<string>();

        var results = await Task.WhenAll(Enumerable.Range(0, 800).Select(i => Task.Factory.StartNew(
            () => JoinAsync(cohorts, new string('x', i), judged, key: $"k{i % 100}"), TestContext.Current.CancellationToken, TaskCreationOptions.None, TaskScheduler.Default).Unwrap()));

        Assert.Equal(Enumerable.Range(0, 800).Select(i => (double)i), results.Select(response => response.Result.Score!.Value));
        Assert.Equal(100, judged.Count);
        Assert.Equal(0, cohorts.Open);
    }

    /// <summary>Joins a cohort that scores each response by its length.</summary>
    private static Task<ScoredResponse> JoinAsync(GymCohorts cohorts, string text, List<string> judged, string key = "k") =>
        JoinUntilAsync(cohorts, text, judged, key, TestContext.Current.CancellationToken);

    private static Task<ScoredResponse> JoinUntilAsync(GymCohorts cohorts, string text, List<string> judged, string key, CancellationToken aborted, string? number = null) =>
        cohorts.JoinAsync(key, new GymSibling(number, new Utf8Text(text)), (responses, _) =>
        {
            lock (judged)
            {
                judged.Add(string.Join(',', responses));
            }

            return Task.FromResult<IReadOnlyList<ScoredResponse>>([.. responses.Select(response => new ScoredResponse(ScriptedModel.Of(response.Length), [], false))]);
        }, aborted);
}
