using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Worked by hand: (wins + ½ ties) ÷ decided comparisons.</summary>
public sealed class PairTallyTests
{
    private static readonly ScoreResult Undecided = new Undecided("the two orders disagree", Judgement.Of(null) with { Agreement = 0.5 }, 7, default);

    [Fact]
    public void Of_WinsTiesAndLosses_AreSharesOfWhatWasDecided()
    {
        var results = PairTally.Of(3, [new(0, 1, Share(1)), new(0, 2, Share(0.5)), new(1, 2, Undecided)]);

        Assert.Equal([0.75, 0, 0.5], results.Select(result => result.Score!.Value));
        Assert.Null(results[0].Judgement!.Note);
        Assert.Equal("1 of 2 comparisons were decided", results[1].Judgement!.Note);
    }

    [Fact]
    public void Of_NothingDecided_IsUndecidedAndNoNumber() =>
        Assert.All(PairTally.Of(2, [new(0, 1, Undecided)]), result => Assert.True(result is { Undecided: not null, IsScore: false, IsFailure: false }));

    [Fact]
    public void Of_OneComparisonFailed_FailsBothWithTheGravest()
    {
        var results = PairTally.Of(3,
        [
            new(0, 1, Share(1)),
            new(0, 2, ScoreResult.Failed(ErrorKind.Overloaded, "busy")),
            new(1, 2, ScoreResult.Failed(ErrorKind.JudgeUnreadable, "no verdict")),
        ]);

        Assert.Equal([ErrorKind.Overloaded, ErrorKind.JudgeUnreadable, ErrorKind.JudgeUnreadable], results.Select(result => result.Failure!.Kind));
    }

    [Fact]
    public void Of_Usage_AddsUpToThatOfTheComparisons()
    {
        var judged = Judgement.Of("why", new JudgeUsage(2, 10, 3, 0.5));
        Comparison[] comparisons = [new(0, 1, Share(1, judged)), new(0, 2, Share(0, judged)), new(1, 2, Share(1, judged))];

        var results = PairTally.Of(3, comparisons);

        Assert.Equal(new JudgeUsage(6, 30, 9, 1.5), results.Aggregate(default(JudgeUsage), (sum, one) => sum + one.Judgement!.Usage));
        Assert.Equal(15, results.Sum(result => result.Score!.Tokens));
    }

    [Theory]
    [InlineData(1, Preference.First)]
    [InlineData(0.75, Preference.First)]
    [InlineData(0.5, Preference.Tie)]
    [InlineData(0, Preference.Second)]
    public void Verdict_OfAShare_IsWhoHasMore(double share, Preference verdict) => Assert.Equal(verdict, new Comparison(0, 1, Share(share)).Verdict);

    [Fact]
    public void Verdict_WithoutAScore_IsUndecidedOrNone()
    {
        Assert.Equal(Preference.Undecided, new Comparison(0, 1, Undecided).Verdict);
        Assert.Null(new Comparison(0, 1, ScoreResult.Failed(ErrorKind.TimedOut, "late")).Verdict);
    }

    private static ScoreResult Share(double ofA, Judgement? judgement = null) => new Score(ofA, 5, false, default, Judgement: judgement);
}
