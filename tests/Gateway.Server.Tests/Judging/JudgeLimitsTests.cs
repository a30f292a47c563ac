using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CsCheck;
using Gateway.Core.Scoring;
using Gateway.Server.Judging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Judging;

/// <summary>A judge's limits hold, are shared out fairly, and leak nothing.</summary>
public sealed class JudgeLimitsTests : IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Enter_MoreThanFitAtATime_WaitForAFreePlace()
    {
        using var limits = Limits(new() { MaxConcurrency = 1 });
        var first = await EnterAsync(limits, "a");
        var second = EnterAsync(limits, "a", patience: TimeSpan.MaxValue);

        Assert.Equal((1, 1, false), (limits.InFlight, limits.Waiting, second.IsCompleted));
        first.Dispose();
        first.Dispose();
        (await second).Dispose();

        Assert.Equal((0, 0), (limits.InFlight, limits.Waiting));
    }

    [Fact]
    public async Task Enter_MoreThanAMinutesRequests_WaitsUntilTheMinuteIsOver()
    {
        using var limits = Limits(new() { RequestsPerMinute = 2 });
        (await EnterAsync(limits, "a")).Dispose();
        (await EnterAsync(limits, "a")).Dispose();
        var third = EnterAsync(limits, "a");

        _clock.Advance(TimeSpan.FromSeconds(60));
        Assert.False(third.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        using var permit = await third;
        Assert.InRange(permit.Waited, Minute, Minute + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Settle_LessThanWasReserved_MakesRoomAtOnce()
    {
        using var limits = Limits(new() { TokensPerMinute = 100 });
        using var first = await EnterAsync(limits, "a", tokens: 90);
        var second = EnterAsync(limits, "a", tokens: 40);
        Assert.False(second.IsCompleted);

        first.Settle(60);
        first.Settle(0);

        using var permit = await second;
        Assert.Equal(40, permit.Reserved);
    }

    [Fact]
    public async Task Settle_MoreThanWasReserved_CountsInFull()
    {
        using var limits = Limits(new() { TokensPerMinute = 100 });
        using (var first = await EnterAsync(limits, "a", tokens: 10))
        {
            first.Settle(95);
        }

        Assert.Equal(ErrorKind.Overloaded, (await RefusedAsync(limits, tokens: 10, TimeSpan.FromSeconds(30))).Kind);
    }

    [Fact]
    public async Task Enter_OneCallOfMoreThanAMinutesTokens_TakesAWholeMinute()
    {
        using var limits = Limits(new() { TokensPerMinute = 100 });

        using var permit = await EnterAsync(limits, "a", tokens: long.MaxValue);

        Assert.Equal(100, permit.Reserved);
    }

    [Fact]
    public async Task Enter_WhereTheWaitSurelyOutlastsTheCaller_IsRefusedAtOnceWithWhenToComeAgain()
    {
        using var limits = Limits(new() { RequestsPerMinute = 1 });
        (await EnterAsync(limits, "a")).Dispose();

        var refusal = await RefusedAsync(limits, tokens: 1, TimeSpan.FromSeconds(59));

        Assert.Equal(ErrorKind.Overloaded, refusal.Kind);
        Assert.InRange(refusal.RetryAfter!.Value, Minute, Minute + TimeSpan.FromSeconds(1));
        Assert.Equal(0, limits.Waiting);
    }

    [Fact]
    public async Task Enter_NoPlaceUntilTheDeadline_IsRefusedThen()
    {
        using var limits = Limits(new() { MaxConcurrency = 1 });
        using var first = await EnterAsync(limits, "a");
        var second = EnterAsync(limits, "a", patience: TimeSpan.FromSeconds(5));

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(second.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ErrorKind.Overloaded, (await Assert.ThrowsAsync<GatewayException>(() => second)).Kind);
        Assert.Equal((1, 0), (limits.InFlight, limits.Waiting));
    }

    [Fact]
    public async Task Enter_ADeadlineThatMovesOutMeanwhile_HoldsAsItIsThen()
    {
        using var limits = Limits(new() { MaxConcurrency = 1 });
        using var first = await EnterAsync(limits, "a");
        var joined = new Deadline(TimeSpan.FromSeconds(5), _clock);
        var second = limits.EnterAsync("a", 1, joined, TestContext.Current.CancellationToken).AsTask();
        var third = EnterAsync(limits, "b", patience: TimeSpan.FromSeconds(8));

        _clock.Advance(TimeSpan.FromSeconds(4));
        joined.Extend(TimeSpan.FromSeconds(10));
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(ErrorKind.Overloaded, (await Assert.ThrowsAsync<GatewayException>(() => third)).Kind);
        Assert.Equal((false, 1), (second.IsCompleted, limits.Waiting));
        _clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(ErrorKind.Overloaded, (await Assert.ThrowsAsync<GatewayException>(() => second)).Kind);
        Assert.Equal((1, 0), (limits.InFlight, limits.Waiting));
    }

    [Fact]
    public async Task Enter_ADeadlineThatHasPassed_IsRefusedWhereThereIsAPlaceAndWhereOneBecomesFree()
    {
        // A clock without timers: a place becomes free before anybody looked at the deadlines.
        var clock = new TimerlessClock();
        using var limits = new JudgeLimits("j", new() { MaxConcurrency = 1 }, clock, Metrics());
        var first = await limits.EnterAsync("a", 1, null, TestContext.Current.CancellationToken);
        var late = limits.EnterAsync("a", 1, new Deadline(TimeSpan.FromSeconds(5), clock), TestContext.Current.CancellationToken).AsTask();
        var waits = limits.EnterAsync("b", 1, null, TestContext.Current.CancellationToken).AsTask();

        clock.Now += 6 * TimeSpan.TicksPerSecond;
        first.Dispose();

        var refusal = await Assert.ThrowsAsync<GatewayException>(() => late);
        Assert.Equal((ErrorKind.Overloaded, true), (refusal.Kind, refusal.Kind.Traits().Retryable));
        (await waits).Dispose();
        Assert.Equal((0, 0), (limits.InFlight, limits.Waiting));
        await Assert.ThrowsAsync<GatewayException>(() => limits.EnterAsync("a", 1, new Deadline(TimeSpan.Zero, clock), TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task Enter_TenThousandWithDeadlinesOfTheirOwn_EachEndsInItsTimeOrHasItsTurn()
    {
        using var limits = Limits(new() { MaxConcurrency = 1 });
        var place = await EnterAsync(limits, "first");
        var waiting = Enumerable.Range(0, 10_000).Select(i => EnterAsync(limits, $"party {i % 7}", patience: TimeSpan.FromSeconds(1 + (i % 20)))).ToArray();
        var leaving = Task.WhenAll(waiting.Select(LeaveAsync));

        _clock.Advance(TimeSpan.FromSeconds(10.5));
        await Eventually.TrueAsync(() => waiting.Count(call => call.IsFaulted) == 5_000, "those whose time is over have heard");
        Assert.All(Enumerable.Range(0, waiting.Length), i => Assert.Equal(i % 20 < 10, waiting[i].IsFaulted));
        Assert.Equal((1, 5_000), (limits.InFlight, limits.Waiting));

        place.Dispose();
        await leaving;

        Assert.Equal(5_000, waiting.Count(call => call.IsCompletedSuccessfully));
        Assert.Equal((0, 0), (limits.InFlight, limits.Waiting));

        static async Task LeaveAsync(Task<JudgePermit> call)
        {
            await Task.WhenAny(call);
            if (call.IsCompletedSuccessfully)
            {
                (await call).Dispose();
            }
        }
    }

    [Fact]
    public async Task Gauges_OfEachJudge_ShowWhatWaitsIsUnderWayAndIsReserved()
    {
        var metrics = Metrics();
        using var counters = new Counters(_services);
        var limits = new JudgeLimits("one", new() { MaxConcurrency = 1, TokensPerMinute = 1_000 }, _clock, metrics);
        using var other = new JudgeLimits("other", new(), _clock, metrics);
        using var permit = await EnterAsync(limits, "a", tokens: 300);
        using var leaving = new CancellationTokenSource();
        var second = limits.EnterAsync("a", 10, null, leaving.Token).AsTask();

        Assert.Equal((1, 1, 300), (counters["gateway.judge.in_flight{one}"], counters["gateway.judge.waiting{one}"], counters["gateway.judge.minute_tokens{one}"]));
        Assert.Equal((0, 0, 0), (counters["gateway.judge.in_flight{other}"], counters["gateway.judge.waiting{other}"], counters["gateway.judge.minute_tokens{other}"]));

        permit.Settle(120);
        await leaving.CancelAsync();
        Assert.Equal((0, 120), (counters["gateway.judge.waiting{one}"], counters["gateway.judge.minute_tokens{one}"]));

        _clock.Advance(Minute + TimeSpan.FromSeconds(1));
        Assert.Equal(0, counters["gateway.judge.minute_tokens{one}"]);
        limits.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    [Fact]
    public async Task Enter_ACancelledWaiter_LeavesAtOnceAndHoldsUpNobody()
    {
        using var limits = Limits(new() { TokensPerMinute = 100, MaxConcurrency = 10 });
        using var first = await EnterAsync(limits, "a", tokens: 50);
        using var leaving = new CancellationTokenSource();
        var large = limits.EnterAsync("a", 100, null, leaving.Token).AsTask();
        var small = EnterAsync(limits, "b", tokens: 50);
        Assert.Equal(2, limits.Waiting);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var permit = await small;
        Assert.Equal((2, 0), (limits.InFlight, limits.Waiting));
    }

    [Fact]
    public async Task Enter_APartyWithTenThousandCalls_HoldsUpNobodyWhoHasTwo()
    {
        using var limits = Limits(new() { MaxConcurrency = 1 });
        var place = await EnterAsync(limits, "many");
        var order = new ConcurrentQueue<string>();
        Task[] calls = [.. Enumerable.Repeat("many", 10_000).Concat(["few", "few"]).Select(RunAsync)];

        place.Dispose();
        await Task.WhenAll(calls);

        Assert.Equal(["many", "few", "many", "few", "many"], order.Take(5));

        async Task RunAsync(string party)
        {
            using var permit = await EnterAsync(limits, party);
            order.Enqueue(party);
        }
    }

    [Fact]
    public async Task Enter_AnySequence_IsNeverAboveTheLimitsAndLeaksNothing() => await Gen
        .Select(Gen.Int[1, 4], Gen.Int[1, 6], Gen.Int[50, 200], Gen.Select(Gen.Int[0, 5], Gen.Int[0, 120], Gen.Int[0, 9]).Array[1, 120])
        .SampleAsync(async (places, requests, tokens, steps) =>
        {
            var clock = new FakeTimeProvider();
            using var limits = new JudgeLimits("j", new() { MaxConcurrency = places, RequestsPerMinute = requests, TokensPerMinute = tokens }, clock, Metrics());
            var calls = new List<(Task<JudgePermit> Call, CancellationTokenSource Leave)>();
            var granted = new List<JudgePermit>();
            var open = new List<JudgePermit>();
            foreach (var (what, amount, which) in steps)
            {
                switch (what)
                {
                    case 0 or 1:
                        var leave = new CancellationTokenSource();
                        calls.Add((limits.EnterAsync($"p{which % 3}", amount, which > 7 ? new Deadline(TimeSpan.FromSeconds(amount), clock) : null, leave.Token).AsTask(), leave));
                        break;
                    case 2 when open.Count > 0:
                        var done = open[which % open.Count];
                        open.Remove(done);
                        done.Settle(Math.Min(amount, done.Reserved));
                        done.Dispose();
                        break;
                    case 3 when calls.Count > 0:
                        await calls[which % calls.Count].Leave.CancelAsync();
                        break;
                    case 4:
                        clock.Advance(TimeSpan.FromMilliseconds(amount * 137));
                        break;
                }

                await Eventually.TrueAsync(() => calls.Count(one => !one.Call.IsCompleted) == limits.Waiting, "every call hears how it ended");
                foreach (var (call, _) in calls.Where(one => one.Call.IsCompleted).ToArray())
                {
                    calls.RemoveAll(one => one.Call == call);
                    if (call.IsCompletedSuccessfully)
                    {
                        granted.Add(await call);
                        open.Add(await call);
                    }
                }

                Assert.Equal(open.Count, limits.InFlight);
                Assert.True(open.Count <= places);
                Assert.All(granted, last => Assert.True(granted.Count(one => one.At <= last.At && last.At - one.At < Minute) <= requests));
                Assert.All(granted, last => Assert.True(
                    granted.Where(one => open.Contains(one) && one.At <= last.At && last.At - one.At < Minute).Sum(one => one.Reserved) <= tokens));
            }

            foreach (var (call, leave) in calls)
            {
                await leave.CancelAsync();
                // One may have its turn because another left; then it has a permit, or has given it back.
                await Task.WhenAny(call);
                if (call.IsCompletedSuccessfully)
                {
                    open.Add(await call);
                }
            }

            open.ForEach(permit => permit.Dispose());
            clock.Advance(Minute + Minute);
            Assert.Equal((0, 0), (limits.InFlight, limits.Waiting));
            var again = Enumerable.Range(0, Math.Min(places, requests)).Select(_ => limits.EnterAsync("p", tokens / places, new Deadline(TimeSpan.FromTicks(1), clock), TestContext.Current.CancellationToken)).ToArray();
            Assert.All(again, call => Assert.True(call.IsCompletedSuccessfully));
        }, iter: 300, threads: 1);

    [Theory]
    [InlineData(0, null, null)]
    [InlineData(1, 0, null)]
    [InlineData(1, null, 0L)]
    public void Options_OutOfRange_AreRefused(int concurrency, int? requests, long? tokens) => Assert.True(
        new JudgeLimitsOptionsValidator().Validate(null, new() { MaxConcurrency = concurrency, RequestsPerMinute = requests, TokensPerMinute = tokens }).Failed);

    [Fact]
    public void Cost_OfTokens_IsByTheirPrices()
    {
        Assert.Equal(0.0045, new JudgePrices { PromptPerMillion = 2.5, CompletionPerMillion = 10 }.Cost(1_000, 200), 12);
        Assert.True(new JudgePricesValidator().Validate(null, new JudgePrices { PromptPerMillion = -1 }).Failed);
    }

    private JudgeMetrics Metrics() => new(_services.GetRequiredService<IMeterFactory>());

    private JudgeLimits Limits(JudgeLimitsOptions options) => new("j", options, _clock, Metrics());

    private Task<JudgePermit> EnterAsync(JudgeLimits limits, string party, long tokens = 1, TimeSpan? patience = null) =>
        limits.EnterAsync(party, tokens, patience is { } time ? new Deadline(time, _clock) : null, TestContext.Current.CancellationToken).AsTask();

    private Task<GatewayException> RefusedAsync(JudgeLimits limits, long tokens, TimeSpan patience) =>
        Assert.ThrowsAsync<GatewayException>(() => EnterAsync(limits, "a", tokens, patience));

    private sealed class TimerlessClock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
