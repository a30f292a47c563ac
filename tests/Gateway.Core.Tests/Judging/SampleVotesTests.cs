using Gateway.Core.Aggregation;
using Gateway.Core.Judging;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Judging;

public sealed class SampleVotesTests
{
    [Fact]
    public void Of_Numbers_IsTheirMeanWithSpread()
    {
        var (value, why, judgement) = new SampleVotes(VoteRule.Mean, comparesTwo: false).Of([Of(4), Of(2), Of(3)], missing: 0)[0];

        Assert.Equal((3.0, null), (value, why));
        Assert.Equal(Math.Sqrt(2 / 3.0), judgement.Spread!.Value, 12);
        Assert.Equal(3, judgement.Samples);
    }

    [Theory]
    [InlineData(new[] { 1.0, 1.0, 0.0 }, 1.0)]
    [InlineData(new[] { 0.0, 0.5, 0.0 }, 0.0)]
    [InlineData(new[] { 1.0, 0.5, 0.0 }, null)]
    [InlineData(new[] { -1.0, -1.0, 1.0 }, null)]
    [InlineData(new[] { -1.0, 1.0, 1.0 }, 1.0)]
    public void Of_Comparisons_IsTheMajorityOrUndecided(double[] shares, double? expected)
    {
        // -1 stands for a sample whose orders disagree.
        var samples = shares.Select(share => share < 0 ? new SampleVerdict([null, null]) : new SampleVerdict([share, 1 - share])).ToArray();

        var results = new SampleVotes(VoteRule.Majority, comparesTwo: true).Of(samples, missing: 0);

        Assert.Equal([expected, 1 - expected], results.Select(result => result.Value));
        Assert.Equal(expected is null, results[0].Why is not null);
    }

    [Fact]
    public void Of_Missing_IsSaid() => Assert.Equal(1, new SampleVotes(VoteRule.Mean, false).Of([Of(4), Of(2)], missing: 1)[0].Judgement.Missing);

    [Fact]
    public void Of_Parts_AreMeansByName()
    {
        var samples = new[] { 1.0, 0.0 }.Select(value => Of(value) with { Components = [[new ScoreComponent("a", value, 2, "why")]] }).ToArray();

        Assert.Equal([new ScoreComponent("a", 0.5, 2, "why")], new SampleVotes(VoteRule.Mean, false).Of(samples, 0)[0].Judgement.Components);
    }

    private static SampleVerdict Of(double value) => new([value]);
}
