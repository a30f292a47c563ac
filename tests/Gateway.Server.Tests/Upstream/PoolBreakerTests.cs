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
        Assert.Null(breaker.Failed(false, _options));
        Assert.Null(breaker.Failed(false, _options));
        Assert.Equal(TimeSpan.FromSeconds(1), breaker.Failed(false, _options));

        Assert.False(breaker.Allows);
        Assert.False(breaker.TryPass(_options, out _));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out var trial));
        Assert.True(trial);
        Assert.Equal(BreakerState.HalfOpen, breaker.State);
        Assert.False(breaker.TryPass(_options, out _));

        Assert.True(breaker.Succeeded(trial: true));
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
                openFor = breaker.Failed(opening > 0, _options);
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
            breaker.Failed(false, _options);
            breaker.Failed(false, _options);
            breaker.Succeeded(false);
        }

        Assert.Equal(BreakerState.Closed, breaker.State);
    }

    [Fact]
    public void Failed_HalfOfTwentyCalls_Opens()
    {
        var breaker = new Breaker(_clock);
        for (var pair = 0; pair < 9; pair++)
        {
            breaker.Succeeded(false);
            Assert.Null(breaker.Failed(false, _options));
        }

        breaker.Succeeded(false);
        Assert.NotNull(breaker.Failed(false, _options));
    }

    [Fact]
    public void Failed_LongAgo_IsForgotten()
    {
        var breaker = new Breaker(_clock);
        for (var pair = 0; pair < 9; pair++)
        {
            breaker.Succeeded(false);
            breaker.Failed(false, _options);
        }

        _clock.Advance(TimeSpan.FromSeconds(11));
        breaker.Succeeded(false);
        Assert.Null(breaker.Failed(false, _options));
    }

    [Fact]
    public void LateResults_OfCallsFromBeforeItOpened_ChangeNothing()
    {
        var breaker = new Breaker(_clock);
        while (breaker.Failed(false, _options) is null)
        {
            // Until it opens.
        }

        Assert.False(breaker.Succeeded(false));
        Assert.Null(breaker.Failed(false, _options));
        Assert.Equal(BreakerState.Open, breaker.State);
    }

    [Fact]
    public void Undecided_TrialThatWasAbandoned_LetsTheNextTry()
    {
        var breaker = new Breaker(_clock);
        while (breaker.Failed(false, _options) is null)
        {
            // Until it opens.
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(breaker.TryPass(_options, out _));
        breaker.Undecided();

        Assert.True(breaker.TryPass(_options, out var trial));
        Assert.True(trial);
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
}
