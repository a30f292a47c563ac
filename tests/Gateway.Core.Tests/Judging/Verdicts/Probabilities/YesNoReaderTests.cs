using Gateway.Core.Judging;
using Gateway.Core.Judging.Verdicts.Probabilities;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Judging.Verdicts.Probabilities;

public sealed class YesNoReaderTests
{
    // ln 0.8 - ln 0.1 = ln 8; σ = 8/9.
    [Fact]
    public void Read_BothListed_IsTheDifferenceOfTheLogarithms()
    {
        var read = YesNoReader.English.Read(Place.Of(("Yes", 0.8), ("No", 0.1), ("The", 0.05)));

        Assert.Equal((Math.Log(8), YesNoBound.Exact), (read.LogOdds, read.Bound), Close);
        Assert.Equal(8.0 / 9, read.Probability, 1e-12);
        Assert.Equal(0.9, read.Mass, 1e-12);
    }

    // 0.3 + 0.2 + 0.1 against 0.15 + 0.05: ln 3.
    [Fact]
    public void Read_Variants_AreSummed() =>
        Assert.Equal(Math.Log(3), YesNoReader.English.Read(Place.Of(("Yes", 0.3), (" yes", 0.2), ("ĠYES", 0.1), ("▁no", 0.15), ("ＮＯ", 0.05))).LogOdds, 1e-12);

    [Fact]
    public void Read_OtherLanguages_ByConfiguration()
    {
        var reader = new YesNoReader(new TokenWords(["是", "ja", "да"]), new TokenWords(["否", "nein", "нет"]));

        Assert.Equal(Math.Log(3), reader.Read(Place.Of(("是", 0.3), (" Ja", 0.2), ("ДА", 0.1), ("Nein", 0.2))).LogOdds, 1e-12);
    }

    // No is at most as probable as the least probable listed token.
    [Fact]
    public void Read_OnlyOneListed_IsABound()
    {
        Assert.Equal((Math.Log(0.9 / 0.01), YesNoBound.AtLeast), Of(("Yes", 0.9), ("The", 0.05), ("A", 0.01)), Close);
        Assert.Equal((Math.Log(0.01 / 0.9), YesNoBound.AtMost), Of(("No", 0.9), ("The", 0.05), ("A", 0.01)), Close);
    }

    [Fact]
    public void Read_TheChosenTokenOutsideOfTheList_Counts() =>
        Assert.Equal(Math.Log(4), YesNoReader.English.Read(new TokenChoice("No", Math.Log(0.1), [new("Yes", Math.Log(0.4)), new("Y", Math.Log(0.2))])).LogOdds, 1e-12);

    [Theory]
    [InlineData(-9999.0)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(0.5)]
    public void Read_AMarkInPlaceOfALogProbability_IsUnreadable(double mark)
    {
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(new TokenChoice("Yes", -0.1, [new("Yes", -0.1), new("No", mark)])));
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(new TokenChoice("Yes", mark, [new("No", -0.1)])));
    }

    // Where the missing word's bound would be a mark, nothing is known of it.
    [Fact]
    public void Read_OnlyOneListedAndAMarkBelow_IsUnreadable() =>
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(new TokenChoice("Yes", -0.1, [new("Yes", -0.1), new("The", -9999)])));

    [Fact]
    public void Read_AMarkThatIsNotNeeded_DoesNotMatter() =>
        Assert.Equal(-0.1 + 3, YesNoReader.English.Read(new TokenChoice("Yes", -0.1, [new("Yes", -0.1), new("No", -3), new("The", -9999)])).LogOdds, 1e-12);

    [Fact]
    public void Read_NeitherOrHardlyListed_IsUnreadable()
    {
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(Place.Of(("The", 0.9), ("Yesterday", 0.05))));
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(Place.Of(("The", 0.99), ("Yes", 0.001), ("No", 0.002))));
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(Place.Of(("Yes", 0.9), ("No", 0.9))));
    }

    [Fact]
    public void Read_AReply_IsItsFirstTokenBehindTheReasoning()
    {
        var reply = new JudgeReply("<think>No</think>\n Yes")
        {
            Stop = JudgeStop.Length,
            Tokens = [.. new[] { "<think>", "No", "</think>", "\n" }.Select(text => Place.Of((text, 1))), Place.Of((" Yes", 0.8), (" No", 0.1))],
        };

        Assert.Equal(4, AnswerToken.First(reply));
        Assert.Equal(Math.Log(8), YesNoReader.English.Read(reply).LogOdds, 1e-12);
    }

    [Fact]
    public void Read_AReplyWithoutLogProbabilitiesOrDeclined_IsUnreadable()
    {
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(new JudgeReply("Yes")));
        Assert.Throws<UnreadableVerdictException>(() => YesNoReader.English.Read(new JudgeReply("\n") { Tokens = [Place.Of(("\n", 1))] }));
        Assert.Equal(ErrorKind.JudgeRefused, Assert.Throws<UnreadableVerdictException>(
            () => YesNoReader.English.Read(new JudgeReply("Yes") { Refusal = "no", Tokens = [Place.Of(("Yes", 1))] })).Kind);
    }

    private static (double, YesNoBound) Of(params (string, double)[] tokens)
    {
        var read = YesNoReader.English.Read(Place.Of(tokens));
        return (read.LogOdds, read.Bound);
    }

    private static bool Close((double LogOdds, YesNoBound Bound) a, (double LogOdds, YesNoBound Bound) b) =>
        Math.Abs(a.LogOdds - b.LogOdds) < 1e-12 && a.Bound == b.Bound;
}
