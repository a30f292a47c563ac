using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy.Model;

namespace Gateway.Server.Tests.Upstream;

/// <summary>A destination that keeps failing is left alone, tried by one call, and used again when that is answered.</summary>
public sealed class PoolBreakerTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ClusterOptions _options = new() { BreakerFailures = 3, BreakerOpenMs = 1_000, BreakerPercent = 50 };

    [Fact]
    public void Failed_InARow_OpensForItsTimeThenLetsOneThrough()
    {
        var breaker = new Breaker(_clock);
        Assert.Null(Fail(breaker));
        Assert.Null(Fail(breaker));
        Assert.Equal(TimeSpan.FromSeconds(1), Fail(breaker));

        Assert.False(breaker.Allows);
        Assert.False(breaker.TryPass(_options, out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var trial));
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.False(breaker.TryPass(_options, out _));

        Assert.True(breaker.Succeeded(trial));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void Failed_TrialAfterTrial_StaysOutLongerUpToEightTimes()
    {
        var breaker = new Breaker(_clock);
        var outFor = new List<double>();
        for (var opening = 0; opening < 6; opening++)
        {
            TimeSpan? openFor = null;
            while (openFor is null)
            {
                openFor = Fail(breaker);
            }

            outFor.Add(openFor.Value.TotalSeconds);
            _clock.Advance(openFor.Value);
            Assert.True(breaker.TryPass(_options, out _));
        }

        Assert.Equal([1, 2, 4, 8, 8, 8], outFor);
    }

    [Fact]
    public void Succeeded_InBetween_BeginsTheRowAnew()
    {
        var breaker = new Breaker(_clock);
        for (var round = 0; round < 3; round++)
        {
            Fail(breaker);
            Fail(breaker);
            Succeed(breaker);
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void Failed_HalfOfTwentyCalls_Opens()
    {
        var breaker = new Breaker(_clock);
        for (var pair = 0; pair < 9; pair++)
        {
            Succeed(breaker);
            Assert.Null(Fail(breaker));
        }

        Succeed(breaker);
        Assert.NotNull(Fail(breaker));
    }

    [Fact]
    public void Failed_LongAgo_IsForgotten()
    {
        var breaker = new Breaker(_clock);
        for (var pair = 0; pair < 9; pair++)
        {
            Succeed(breaker);
            Fail(breaker);
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        Succeed(breaker);
        Assert.Null(Fail(breaker));
    }

    [Fact]
    public void LateResults_OfCallsFromBeforeItOpened_ChangeNothing()
    {
        var breaker = new Breaker(_clock);
        Assert.True(breaker.TryPass(_options, out var early));
        Open(breaker);

        Assert.False(breaker.Succeeded(early));
        Assert.Null(breaker.Failed(early, _options));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void LateResults_OfAnOlderTrial_HaveNoSayInAnotherPeriod()
    {
        var breaker = new Breaker(_clock);
        Open(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var first));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var second));
        Assert.Equal(TimeSpan.FromSeconds(2), breaker.Failed(second, _options));

        Assert.False(breaker.Succeeded(first));
        Assert.Equal(BreakerState.Open, breaker.State);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.True(breaker.TryPass(_options, out var third));
        Assert.True(breaker.Succeeded(third));
        Assert.Null(breaker.Failed(second, _options));
        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void Answers_TrialsReplyBegins_ClosesAndALaterCutCounts()
    {
        var breaker = new Breaker(_clock);
        Open(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var trial));

        Assert.True(breaker.Answers(ref trial));
        Assert.Equal(BreakerState.Closed, breaker.State);
        Assert.False(breaker.Answers(ref trial));

        Assert.Null(breaker.Failed(trial, _options));
        Assert.Null(Fail(breaker));
        Assert.Equal(TimeSpan.FromSeconds(2), Fail(breaker));
    }

    [Fact]
    public void Encourage_TrialUnderWay_LetsAnotherTry()
    {
        var breaker = new Breaker(_clock);
        Open(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out _));
        Assert.False(breaker.TryPass(_options, out _));

        breaker.Encourage();

        Assert.True(breaker.TryPass(_options, out _));
        Assert.False(breaker.TryPass(_options, out _));
    }

    [Fact]
    public void Failed_MaybeByTheInput_OpensByItsShareOnly()
    {
        var breaker = new Breaker(_clock);
        for (var call = 0; call < 19; call++)
        {
            Assert.Null(FailMaybe(breaker));
        }

        Assert.NotNull(FailMaybe(breaker));

        TimeSpan? FailMaybe(Breaker one) => one.TryPass(_options, out var period) ? one.Failed(period, _options, inARow: false) : null;
    }

    [Fact]
    public void Undecided_TrialThatWasAbandoned_LetsTheNextTry()
    {
        var breaker = new Breaker(_clock);
        Open(breaker);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var trial));
        Assert.False(breaker.TryPass(_options, out _));
        breaker.Undecided(trial);

        Assert.True(breaker.TryPass(_options, out _));
    }

    [Fact]
    public async Task Send_TrialWhoseReplyTakesLong_LetsOthersThroughOnceItBegins()
    {
        var status = 502;
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var a = await ScriptedUpstream.StartAsync(async http =>
        {
            http.Response.StatusCode = status;
            if (status == 200 && SeenRequest.BodyOf(http) == "long")
            {
                await http.Response.Body.FlushAsync();
                await end.Task;
            }
        });
        await using var pool = TestPool.Start(
            _clock,
            [
                .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:Retries", "0"),
                ("Gateway:Clusters:c:UnhealthyWaitMs", "0"), ("Gateway:Clusters:c:BreakerOpenMs", "1000"),
            ]);
        await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync());
        status = 200;
        _clock.Advance(TimeSpan.FromSeconds(1));

        var trial = pool.CallAsync("long");
        await Eventually.TrueAsync(() => pool.Destinations[0].Breaker.State == BreakerState.Closed, "the trial's reply has begun");
        Assert.Equal(200, (await pool.CallAsync()).Status);
        Assert.False(trial.IsCompleted);

        end.SetResult();
        Assert.Equal(200, (await trial).Status);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(424)]
    public async Task Send_ReplicaThatFailsFast_IsTakenOut(int status)
    {
        await using var broken = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, ""));
        await using var well = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", broken, well), ("Gateway:Clusters:c:BreakerOpenMs", "3600000")]);

        await Eventually.TrueAsync(
            async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => pool.CallAsync()));
                return pool.Destinations[0].Breaker.State == BreakerState.Open;
            },
            "it is taken out");

        Assert.Equal(200, (await pool.CallAsync()).Status);
        Assert.Equal(BreakerState.Closed, pool.Destinations[1].Breaker.State);
    }

    [Fact]
    public async Task Send_DestinationKeepsFailing_IsLeftAloneAndYarpHearsOfIt()
    {
        var status = 502;
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, ""));
        await using var pool = TestPool.Start(
            _clock,
            [
                .. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "3"), ("Gateway:Clusters:c:Retries", "0"),
                ("Gateway:Clusters:c:UnhealthyWaitMs", "0"), ("Gateway:Clusters:c:BreakerOpenMs", "1000"),
            ]);
        for (var call = 0; call < 3; call++)
        {
            Assert.Equal(ErrorKind.UpstreamFailed, (await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync())).Kind);
        }

        Assert.Equal(ErrorKind.NotReady, (await Assert.ThrowsAsync<GatewayException>(() => pool.CallAsync())).Kind);
        Assert.Equal(3, a.Seen.Count);
        Assert.Equal(DestinationHealth.Unhealthy, pool.Destinations[0].State.Health.Passive);

        status = 200;
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await pool.CallAsync()).Status);
        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
        Assert.NotEqual(DestinationHealth.Unhealthy, pool.Destinations[0].State.Health.Passive);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(400)]
    [InlineData(500)]
    public async Task Send_DestinationThatAnswersAtAll_IsNotLeftAlone(int status)
    {
        await using var a = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.TextAsync(http, status, ""));
        await using var pool = TestPool.Start(
            [.. ScriptedUpstream.Cluster("c", a), ("Gateway:Clusters:c:BreakerFailures", "1"), ("Gateway:Clusters:c:Retries", "0")]);

        for (var call = 0; call < 5; call++)
        {
            await Record.ExceptionAsync(() => pool.CallAsync());
        }

        Assert.Equal(5, a.Seen.Count);
        Assert.Equal(BreakerState.Closed, pool.Destinations[0].Breaker.State);
    }

    [Fact]
    public async Task Send_FlappingDestination_LosesNoCallAndIsTakenOut()
    {
        var requests = 0;
        await using var flapping = await ScriptedUpstream.StartAsync(
            http => ScriptedUpstream.TextAsync(http, Interlocked.Increment(ref requests) % 2 == 0 ? 503 : 200, ""));
        await using var well = await ScriptedUpstream.StartAsync();
        await using var pool = TestPool.Start([.. ScriptedUpstream.Cluster("c", flapping, well), ("Gateway:Clusters:c:BreakerOpenMs", "3600000")]);

        for (var call = 0; call < 300; call++)
        {
            Assert.Equal(200, (await pool.CallAsync()).Status);
        }

        Assert.Equal(BreakerState.Open, pool.Destinations[0].Breaker.State);
        Assert.True(flapping.Seen.Count < 100, $"{flapping.Seen.Count} calls went to the destination that fails every second of them");
    }

    private TimeSpan? Fail(Breaker breaker)
    {
        breaker.TryPass(_options, out var period);
        return breaker.Failed(period, _options);
    }

    private void Succeed(Breaker breaker)
    {
        breaker.TryPass(_options, out var period);
        breaker.Succeeded(period);
    }

    private void Open(Breaker breaker)
    {
        while (Fail(breaker) is null)
        {
            // Until it opens.
        }
    }
}
