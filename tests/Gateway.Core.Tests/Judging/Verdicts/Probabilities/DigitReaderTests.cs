using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts.Probabilities;

namespace Gateway.Core.Tests.Judging.Verdicts.Probabilities;

public sealed class DigitReaderTests
{
    // (4·0.5 + 5·0.3 + 3·0.1) / 0.9 = 38/9; Σp(k−m)²/Σp = (16·0.5 + 25·0.3 + 9·0.1)/0.9 − (38/9)² = 16.4/0.9 − 1444/81 = 32/81.
    [Fact]
    public void Read_OneDigit_IsTheWeightedScoreWithItsVariance()
    {
        var read = new DigitReader(1, 5).Read(Reply(Place.Of(("4", 0.5), (" 5", 0.2), ("５", 0.1), ("Ġ3", 0.1), ("9", 0.05))));

        Assert.Equal(38.0 / 9, read.Mean, 1e-12);
        Assert.Equal(32.0 / 81, read.Variance, 1e-12);
        Assert.Equal(0.9, read.Mass, 1e-12);
    }

    [Fact]
    public void Read_OneNumberAlone_IsThatNumber()
    {
        var read = new DigitReader(0, 9).Read(Reply(Place.Of(("0", 1))));

        Assert.Equal((0.0, 0.0, 1.0), (read.Mean, read.Variance, read.Mass));
    }

    [Theory]
    [InlineData("Score")]
    [InlineData("four")]
    [InlineData("4.")]
    [InlineData("04")]
    [InlineData("-4")]
    [InlineData("6")]
    public void Read_NoNumberOfTheScale_IsUnreadable(string token) =>
        Assert.Throws<UnreadableVerdictException>(() => new DigitReader(1, 5).Read(Reply(Place.Of((token, 0.6), ("4", 0.3)))));

    // 10 as one token, 1 not written: 1 could be the beginning of 10, so only 10 and 9 are covered. (10·0.6 + 9·0.3)/0.9.
    [Fact]
    public void Read_TenAsOneToken_LeavesAnUnwrittenOneOut()
    {
        var read = new DigitReader(1, 10).Read(Reply(Place.Of(("10", 0.6), ("9", 0.3), ("1", 0.1))));

        Assert.Equal(8.7 / 0.9, read.Mean, 1e-12);
        Assert.Equal(0.9, read.Mass, 1e-12);
    }

    // 1 was written and 0 follows with 0.75: 10 has 0.8·0.75 = 0.6, 1 has 0.8·0.25 = 0.2, 8 has 0.2. Mean 6 + 0.2 + 1.6 = 7.8.
    [Fact]
    public void Read_TenAsTwoTokens_IsPartedByTheNext()
    {
        var read = new DigitReader(1, 10).Read(Reply(Place.Of(("1", 0.8), ("8", 0.2)), Place.Of(("0", 0.75), ("\n", 0.2))));

        Assert.Equal(7.8, read.Mean, 1e-12);
        Assert.Equal(1, read.Mass, 1e-12);
    }

    // "12" is on no scale to 10: its part is not covered. 10 has 0.45, 1 has 0.09.
    [Fact]
    public void Read_ALongerNumberOutsideOfTheScale_IsNotCovered()
    {
        var read = new DigitReader(1, 10).Read(Reply(Place.Of(("1", 0.9)), Place.Of(("0", 0.5), ("2", 0.4))));

        Assert.Equal(0.54, read.Mass, 1e-12);
        Assert.Equal((4.5 + 0.09) / 0.54, read.Mean, 1e-12);
    }

    [Fact]
    public void Read_AFirstDigitAtTheEnd_CountsUnlessTheAnswerWasCut()
    {
        var reply = Reply(Place.Of(("1", 0.9), ("8", 0.05)));

        Assert.Equal((0.9 + 0.4) / 0.95, new DigitReader(1, 10).Read(reply).Mean, 1e-12);
        Assert.Throws<UnreadableVerdictException>(() => new DigitReader(1, 10).Read(reply with { Stop = JudgeStop.Length }));
        Assert.Throws<UnreadableVerdictException>(() => new DigitReader(1, 10).Read(reply with { Stop = JudgeStop.Unknown }));
    }

    [Fact]
    public void Read_TooLittleCovered_IsUnreadable()
    {
        var reply = Reply(Place.Of(("4", 0.3), ("The", 0.3)));

        Assert.Throws<UnreadableVerdictException>(() => new DigitReader(1, 5).Read(reply));
        Assert.Equal(4, new DigitReader(1, 5, leastMass: 0.25).Read(reply).Mean, 1e-12);
    }

    [Theory]
    [InlineData(-1, 5, 0.5)]
    [InlineData(5, 5, 0.5)]
    [InlineData(1, 100, 0.5)]
    [InlineData(1, 5, 0.0)]
    [InlineData(1, 5, 1.1)]
    [InlineData(1, 5, double.NaN)]
    public void Constructor_AScaleItCannotRead_Throws(int lowest, int highest, double leastMass) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DigitReader(lowest, highest, leastMass));

    private static JudgeReply Reply(params TokenChoice[] tokens) => new(string.Concat(tokens.Select(token => token.Text))) { Tokens = tokens };
}
