using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class DeadlineTests
{
    private readonly HandClock _clock = new();

    [Fact]
    public void Left_TimeGoesBy_Shrinks()
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(3), _clock);
        Assert.Equal(TimeSpan.FromSeconds(3), deadline.Left);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(1), deadline.Left);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.FromSeconds(-1), deadline.Left);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    [InlineData(0.5, 1)]
    [InlineData(0, 1)]
    [InlineData(-7, 1)]
    public void Extend_AnotherWaits_CountsFromNowAndNeverMovesIn(double seconds, double expected)
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(3), _clock);
        _clock.Advance(TimeSpan.FromSeconds(2));

        deadline.Extend(TimeSpan.FromSeconds(seconds));

        Assert.Equal(TimeSpan.FromSeconds(expected), deadline.Left);
    }

    [Fact]
    public void Extend_WithoutEnd_IsTheLongestTimeThereIs()
    {
        var deadline = new Deadline(TimeSpan.FromSeconds(3), _clock);
        _clock.Advance(TimeSpan.FromSeconds(1));

        deadline.Extend(TimeSpan.MaxValue);

        Assert.Equal(TimeSpan.MaxValue - TimeSpan.FromSeconds(1), deadline.Left);
    }

    [Fact]
    public void Extend_ManyAtOnce_KeepsTheLatest()
    {
        var deadline = new Deadline(TimeSpan.Zero, _clock);

        Parallel.For(0, 10_000, i => deadline.Extend(TimeSpan.FromSeconds(i * 7919 % 10_000)));

        Assert.Equal(TimeSpan.FromSeconds(9_999), deadline.Left);
    }

    private sealed class HandClock : TimeProvider
    {
        private long _now = 123_456_789;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
