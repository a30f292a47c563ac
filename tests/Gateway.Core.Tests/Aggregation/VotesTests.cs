using CsCheck;
using Gateway.Core.Aggregation;

namespace Gateway.Core.Tests.Aggregation;

public sealed class VotesTests
{
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, deviation 2 (the textbook's example). Trimmed by one at each end: 29/6.
    [Theory]
    [InlineData(VoteRule.Mean, 5.0)]
    [InlineData(VoteRule.Median, 4.5)]
    [InlineData(VoteRule.TrimmedMean, 29.0 / 6)]
    [InlineData(VoteRule.Majority, 4.0)]
    public void Of_EightVotes_IsTheWorkedFigure(VoteRule rule, double expected)
    {
        var votes = Votes.Of(rule, [9, 4, 2, 5, 4, 7, 4, 5]);

        Assert.Equal(expected, votes.Value!.Value, 1e-12);
        Assert.Equal((0.375, 2.0, 8), (votes.Agreement, votes.Spread, votes.Count));
    }

    [Theory]
    [InlineData(VoteRule.Mean)]
    [InlineData(VoteRule.Median)]
    [InlineData(VoteRule.TrimmedMean)]
    [InlineData(VoteRule.Majority)]
    public void Of_OneVote_IsThatVote(VoteRule rule) => Assert.Equal(new Votes(3, 1, 0, 1), Votes.Of(rule, [3]));

    [Fact]
    public void Of_TwoEquallyFrequent_IsUndecided() => Assert.Equal((null, 0.4), (Votes.Of(VoteRule.Majority, [1, 1, 2, 2, 3]).Value, Votes.Of(VoteRule.Majority, [1, 1, 2, 2, 3]).Agreement));

    // A fifth of 4 is none, of 5 one, of 11 two.
    [Theory]
    [InlineData(new double[] { 0, 1, 2, 9 }, 3.0)]
    [InlineData(new double[] { 0, 1, 2, 3, 90 }, 2.0)]
    [InlineData(new double[] { -90, -80, 1, 1, 1, 1, 1, 1, 1, 70, 90 }, 1.0)]
    public void Of_TrimmedMean_LeavesOutAFifthAtEachEnd(double[] values, double expected) => Assert.Equal(expected, Votes.Of(VoteRule.TrimmedMean, values).Value!.Value, 1e-12);

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 1, double.NaN })]
    [InlineData(new[] { 1, double.PositiveInfinity })]
    public void Of_NothingOrNoNumber_Throws(double[] values) => Assert.Throws<ArgumentOutOfRangeException>(() => Votes.Of(VoteRule.Mean, values));

    [Fact]
    public void Of_AnyVotes_DoesNotDependOnTheirOrderAndStaysBetweenThem() =>
        Gen.Select(Gen.Int[1, 10].Select(one => (double)one).Array[1, 12], Gen.Enum<VoteRule>()).Sample((values, rule) =>
        {
            var (votes, reversed) = (Votes.Of(rule, values), Votes.Of(rule, [.. values.Reverse()]));

            Assert.Equal(votes, reversed);
            Assert.True(votes.Value is null || (votes.Value >= values.Min() - 1e-9 && votes.Value <= values.Max() + 1e-9));
        });
}
