using Gateway.Server.Caching;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Server.Tests.Caching;

public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly List<(BreakerState State, string Fault)> _changes = [];
    private readonly CircuitBreaker _breaker;

    public CircuitBreakerTests() => _breaker = new CircuitBreaker(3, Pause, _clock, (state, fault) => _changes.Add((state, fault)));

    [Fact]
    public void Failed_SoOftenInARow_StopsRequests()
    {
        Fail(2);
        Assert.True(_breaker.TryEnter(out var pass));
        _breaker.Succeeded(pass);
        Fail(2);
        Assert.True(_breaker.TryEnter(out _));

        Fail(1);

        Assert.False(_breaker.TryEnter(out _));
        Assert.Equal([(BreakerState.Open, "fault")], _changes);
    }

    [Fact]
    public void TryProbe_PauseOver_LetsOneThroughAndNoRequest()
    {
        Fail(3);
        Assert.False(_breaker.TryProbe(out _));
        _clock.Advance(Pause);

        Assert.True(_breaker.TryProbe(out var pass));

        Assert.False(_breaker.TryProbe(out _));
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Succeeded(pass);
        Assert.True(_breaker.TryEnter(out _));
        Assert.Equal([BreakerState.Open, BreakerState.Closed], _changes.Select(change => change.State));
    }

    [Fact]
    public void Failed_ProbeAfterProbe_PausesLongerAndSaysNothingMore()
    {
        Fail(3);
        foreach (var doublings in (int[])[1, 2, 4, 8, 8])
        {
            _clock.Advance((Pause * doublings) - TimeSpan.FromTicks(1));
            Assert.False(_breaker.TryProbe(out _));
            _clock.Advance(TimeSpan.FromTicks(1));
            Assert.True(_breaker.TryProbe(out var pass));
            _breaker.Failed(pass, "again");
        }

        Assert.Single(_changes);
    }

    [Fact]
    public void Failed_SoonAfterItWentOn_PausesLonger()
    {
        Reopen(answers: 2);
        _clock.Advance(Pause);
        Assert.False(_breaker.TryProbe(out _));
        _clock.Advance(Pause);
        Assert.True(_breaker.TryProbe(out _));
    }

    [Fact]
    public void Failed_LongAfterItWentOn_PausesAsAtFirst()
    {
        Reopen(answers: 3);
        _clock.Advance(Pause);
        Assert.True(_breaker.TryProbe(out _));
    }

    [Fact]
    public void Report_OfWhatWasAskedBeforeAChange_CountsForNothing()
    {
        _breaker.TryEnter(out var old);
        Fail(3);
        _breaker.Succeeded(old);
        Assert.Equal(BreakerState.Open, _breaker.State);
        _clock.Advance(Pause);
        _breaker.TryProbe(out var pass);

        _breaker.Failed(old, "late");
        Assert.Equal(BreakerState.HalfOpen, _breaker.State);
        _breaker.Succeeded(pass);
        _breaker.Failed(old, "late");
        _breaker.Failed(old, "late");
        _breaker.Failed(old, "late");

        Assert.Equal(BreakerState.Closed, _breaker.State);
    }

    private void Fail(int times)
    {
        for (var i = 0; i < times; i++)
        {
            Assert.True(_breaker.TryEnter(out var pass));
            _breaker.Failed(pass, "fault");
        }
    }

    private void Reopen(int answers)
    {
        Fail(3);
        _clock.Advance(Pause);
        _breaker.TryProbe(out var probe);
        _breaker.Succeeded(probe);
        for (var i = 0; i < answers; i++)
        {
            _breaker.TryEnter(out var pass);
            _breaker.Succeeded(pass);
        }

        Fail(3);
    }
}
