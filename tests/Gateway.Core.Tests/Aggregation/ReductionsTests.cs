using Gateway.Core.Aggregation;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Aggregation;

public sealed class ReductionsTests
{
    [Theory]
    [InlineData(new[] { Preference.First, Preference.First, Preference.Second }, Preference.First, 2.0 / 3)]
    [InlineData(new[] { Preference.First, Preference.Second }, Preference.Undecided, 0.5)]
    [InlineData(new[] { Preference.Tie, Preference.Tie, Preference.First }, Preference.Tie, 2.0 / 3)]
    [InlineData(new[] { Preference.First, Preference.Tie, Preference.Second }, Preference.Undecided, 1.0 / 3)]
    [InlineData(new[] { Preference.Undecided, Preference.Undecided, Preference.First }, Preference.Undecided, 2.0 / 3)]
    [InlineData(new[] { Preference.Undecided, Preference.First, Preference.First }, Preference.First, 2.0 / 3)]
    [InlineData(new[] { Preference.Second }, Preference.Second, 1.0)]
    public void PreferenceVotes_Counted(Preference[] votes, Preference expected, double agreement) =>
        Assert.Equal(new PreferenceVotes(expected, agreement, votes.Length), PreferenceVotes.Of(votes));

    [Fact]
    public void PreferenceVotes_OfNone_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => PreferenceVotes.Of([]));

    [Theory]
    [InlineData(Preference.First, Preference.Second, Preference.First)]
    [InlineData(Preference.Second, Preference.First, Preference.Second)]
    [InlineData(Preference.Tie, Preference.Tie, Preference.Tie)]
    [InlineData(Preference.First, Preference.First, Preference.Undecided)]
    [InlineData(Preference.Second, Preference.Second, Preference.Undecided)]
    [InlineData(Preference.First, Preference.Tie, Preference.Undecided)]
    [InlineData(Preference.Tie, Preference.First, Preference.Undecided)]
    [InlineData(Preference.Undecided, Preference.First, Preference.Undecided)]
    [InlineData(Preference.Undecided, Preference.Undecided, Preference.Undecided)]
    public void OrderAgreement_OnlyWhatBothOrdersSay(Preference asGiven, Preference swapped, Preference expected)
    {
        Assert.Equal(expected, OrderAgreement.Of(asGiven, swapped));
        Assert.Equal(OrderAgreement.Mirror(expected), OrderAgreement.Of(swapped, asGiven));
    }

    // Essential met (1), important half (0.7 · 0.5), pitfall fallen into (0.9 · 0), optional not met: 1.35 / 2.9.
    [Fact]
    public void CriteriaScore_WeightsAndPitfalls_AreCounted()
    {
        Criterion[] criteria =
        [
            new("right", "Is it right?", 1, Criterion.YesOrNo, IsPitfall: false),
            new("deep", "Is it deep?", 0.7, ["no", "partly", "yes"], IsPitfall: false),
            new("padded", "Is it padded?", 0.9, Criterion.YesOrNo, IsPitfall: true),
            new("kind", "Is it kind?", 0.3, Criterion.YesOrNo, IsPitfall: false),
        ];

        Assert.Equal(1.35 / 2.9, Of(1, 1, 1, 0), 1e-12);
        Assert.Equal(1, Of(1, 2, 0, 1), 1e-12);
        Assert.Equal(0, Of(0, 0, 1, 0), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(1, 3, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(-1, 1, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CriteriaScore.Of([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CriteriaScore.Of([new ScoreComponent("unweighed", 1, null, null)]));

        double Of(params int[] choices) => CriteriaScore.Of([.. criteria.Select((one, i) => new ScoreComponent(one.Name, one.Worth(choices[i]), one.Weight, null))]);
    }

    // Medians 4, 4, 3 and 2; units 1.2533 · 0.6, 1.4826 · 0.5, 1.4826 · 2 and 0; 3.5 of them are 2.63, 2.59, 10.4 and 0.
    [Theory]
    [InlineData(new[] { 4.0, 4, 4, 4, 1 }, "1,1,1,1,0")]
    [InlineData(new[] { 3.0, 4, 0, 5, 4, 4 }, "1,1,0,1,1,1")]
    [InlineData(new[] { 1.0, 5 }, "1,1")]
    [InlineData(new[] { 2.0, 2, 2 }, "1,1,1")]
    public void Outliers_ByModifiedZScore(double[] values, string kept) => Assert.Equal(kept, string.Join(',', Outliers.Kept(values).Select(one => one ? 1 : 0)));

    // 1, 2, 4: mean 7/3, least 1, cube root of 8.
    [Theory]
    [InlineData(Welfare.Mean, 7.0 / 3)]
    [InlineData(Welfare.Min, 1.0)]
    [InlineData(Welfare.Nash, 2.0)]
    public void JuryScore_ByWelfare(Welfare welfare, double expected) => Assert.Equal(expected, JuryScore.Of(welfare, [4, 1, 2], 1, 5), 1e-12);

    [Fact]
    public void JuryScore_OutsideOfItsScaleOrOnOneThatIsNotFit_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => JuryScore.Of(Welfare.Mean, [], 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => JuryScore.Of(Welfare.Mean, [1, 6], 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => JuryScore.Of(Welfare.Min, [double.NaN], 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => JuryScore.Of(Welfare.Nash, [0, 1], 0, 1));
        Assert.Equal(0.5, JuryScore.Of(Welfare.Mean, [0, 1], 0, 1));
    }

    // Jurors (1, 2, 3) and (30, 20, 10): z = ∓√1.5, 0, ±√1.5 against each other; of the first and last response the deviation is √1.5, of the middle 0.
    [Fact]
    public void Disagreement_WhateverTheJurorsScales_IsTheDeviationOfTheirZScores()
    {
        var root = Math.Sqrt(1.5);

        Assert.Equal([root, 0, root], Disagreement.Of([[1, 2, 3], [30, 20, 10]]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([0, 0, 0], Disagreement.Of([[1, 2, 3], [-5, 0, 5]]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Equal([root / 2, 0, root / 2], Disagreement.Of([[1, 2, 3], [7, 7, 7]]), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => Disagreement.Of([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Disagreement.Of([[1, 2], [1]]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Disagreement.Of([[1, double.NaN]]));
    }
}
