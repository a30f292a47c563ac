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

    // Without 0, which lies 5.4 units of 1.4826 · 0.5 from the median 4, the mean of 3, 4, 5, 4, 4.
    [Fact]
    public void Of_Outliers_AreLeftOutOfTheValueAndOfNothingElse()
    {
        SampleVerdict[] samples = [.. new[] { 3.0, 4, 0, 5, 4, 4 }.Select((value, i) => Of(value) with { Components = [[new ScoreComponent("a", value, 1, null)]] })];

        var (value, _, judgement) = new SampleVotes(VoteRule.Mean, comparesTwo: false, VoteFilter.Outliers).Of(samples, missing: 0)[0];

        Assert.Equal((4.0, 6, "1 of 6 samples left out as outliers"), (value, judgement.Samples, judgement.Note));
        Assert.Equal(4, judgement.Components[0].Value);
        Assert.Equal(new SampleVotes(VoteRule.Mean, comparesTwo: false).Of(samples, missing: 0)[0].Judgement.Spread, judgement.Spread);
    }

    // The means 3 and 5 vary by 1, and within them 1 and 4: 1 + 2.5.
    [Fact]
    public void Of_ExpectedScores_HasTheSpreadWithinThemAndBetween() => Assert.Equal(
        Math.Sqrt(3.5), new SampleVotes(VoteRule.Mean, false).Of([Of(3) with { Spread = 1 }, Of(5) with { Spread = 2 }], 0)[0].Judgement.Spread!.Value, 12);

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
