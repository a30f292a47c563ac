using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ScoreTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Constructor_NotFinite_Refuses(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Score(value, 1, false, default));

    [Theory]
    [InlineData(0)]
    [InlineData(double.MaxValue)]
    [InlineData(double.MinValue)]
    [InlineData(double.Epsilon)]
    public void Constructor_Finite_KeepsEveryBit(double value) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(new Score(value, 1, false, default).Value));

    [Fact]
    public void Constructor_NegativeZero_KeepsItsSign() => Assert.True(double.IsNegative(new Score(-0.0, 1, false, default).Value));

    [Fact]
    public void Constructor_AllParts_AreKept()
    {
        var timings = new ScoreTimings(TimeSpan.FromTicks(1), TimeSpan.FromTicks(2), TimeSpan.FromTicks(3));
        var score = new Score(1.5, 7, true, timings);

        Assert.Equal((1.5, 7, true, timings), (score.Value, score.Tokens, score.Truncated, score.Timings));
    }

    [Fact]
    public void Value_CannotBeChangedAfterwards() => Assert.All(typeof(Score).GetProperties(), property => Assert.True(
        property.SetMethod is null || property.SetMethod.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit))));
}
