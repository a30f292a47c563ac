using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests.Aggregation;

public sealed class JuryTallyTests
{
    private static readonly ScoreRange OneToFive = new(1, 5);

    // (1·2 + 3·4) / 4; the fourth root of 2·4³, which is 2^1.75.
    [Theory]
    [InlineData(Welfare.Mean, 3.5)]
    [InlineData(Welfare.Min, 2)]
    [InlineData(Welfare.Nash, 3.363585661014858)]
    public void JuryScore_Weighted_IsTheFormulas(Welfare welfare, double expected) =>
        Assert.Equal(expected, JuryScore.Of(welfare, [2, 4], 1, 5, [1, 3]), 1e-12);

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.0, 0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(1.0, double.NaN)]
    public void JuryScore_WrongWeights_Throws(params double[] weights) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => JuryScore.Of(Welfare.Mean, [2, 4], 1, 5, weights));

    [Theory]
    [InlineData(Welfare.Mean)]
    [InlineData(Welfare.Min)]
    [InlineData(Welfare.Nash)]
    public void JuryScore_Permuted_IsTheSameToTheBitAndBetweenItsEnds(Welfare welfare)
    {
        var random = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var jurors = Enumerable.Range(0, 2 + (round % 7)).Select(_ => (Score: 1 + (4 * random.NextDouble()), Weight: 0.1 + random.NextDouble())).ToArray();
            var score = Of(jurors);
            random.Shuffle(jurors);

            Assert.Equal(BitConverter.DoubleToInt64Bits(score), BitConverter.DoubleToInt64Bits(Of(jurors)));
            Assert.InRange(score, jurors.Min(juror => juror.Score), jurors.Max(juror => juror.Score));
        }

        double Of((double Score, double Weight)[] jurors) =>
            JuryScore.Of(welfare, [.. jurors.Select(juror => juror.Score)], 1, 5, [.. jurors.Select(juror => juror.Weight)]);
    }

    [Fact]
    public void JuryScore_OfEqualScores_IsThatScore() => Assert.All(
        Enum.GetValues<Welfare>(), welfare => Assert.Equal(1.1, JuryScore.Of(welfare, [1.1, 1.1, 1.1], 1, 5, [0.1, 0.2, 0.3])));

    // A quarter of the way from 0 to 1 is 2 on 1 to 5; 7 with mean 5 and deviation 2 is z 1.
    [Fact]
    public void ValueOf_DeclaredScales_AreCarriedOver()
    {
        var (onScale, byCalibration) = (new JuryRule(Welfare.Mean, OneToFive, 1), new JuryRule(Welfare.Mean, null, 1));
        var share = new Juror("share", "m") { Range = new ScoreRange(0, 1) };
        var calibrated = new Juror("z", "m") { Calibration = new ScoreCalibration(5, 2) };

        Assert.Equal([2.0, 1, 5, null, null], new[] { 0.25, 0, 1, -0.01, 1.01 }.Select(score => onScale.ValueOf(share, score)));
        Assert.Equal([3.0, 1, 5, null], new[] { 3.0, 1, 5, 5.5 }.Select(score => onScale.ValueOf(new Juror("own", "m"), score)));
        Assert.Equal([1.0, -2.5], new[] { 7.0, 0 }.Select(score => byCalibration.ValueOf(calibrated, score)));
        Assert.Null(byCalibration.ValueOf(new Juror("tiny", "m") { Calibration = new ScoreCalibration(0, 1e-9) }, 1e300));
        Assert.Null(byCalibration.ValueOf(calibrated, 1e200));
    }

    [Fact]
    public void Of_AllScored_IsTheScoreWithEveryJurorsAndTheirSums()
    {
        var result = JuryTally.Of(new JuryRule(Welfare.Mean, OneToFive, 3), [Scored("a", 4, tokens: 10, calls: 2), Scored("b", 1, tokens: 5, calls: 1), Scored("c", 2)]);

        Assert.Equal(7.0 / 3, result.Score!.Value, 1e-12);
        Assert.Equal(15, result.Score.Tokens);
        var judgement = result.Judgement!;
        // √((25/9 + 16/9 + 1/9) / 3)
        Assert.Equal(Math.Sqrt(14.0 / 9), judgement.Spread!.Value, 1e-12);
        Assert.Equal((3, 0, 3, (string?)null), (judgement.Samples, judgement.Missing, judgement.Usage.Calls, judgement.Note));
        Assert.Equal(["a", "b", "c"], judgement.Jury!.Jurors.Select(juror => juror.Juror.Name));
        Assert.Equal("a: a's words\n\nb: b's words\n\nc: c's words", judgement.Critique);
    }

    [Fact]
    public void Of_OneFailed_FailsByItsNameAndWithAQuorumSaysWithoutWhom()
    {
        JurorScore[] jurors = [Scored("a", 4), Failed("b", ErrorKind.UpstreamFailed), Scored("c", 2)];

        var all = JuryTally.Of(new JuryRule(Welfare.Mean, OneToFive, 3), jurors);
        var quorum = JuryTally.Of(new JuryRule(Welfare.Mean, OneToFive, 2), jurors);

        Assert.Equal((ErrorKind.UpstreamFailed, "juror 'b': b broke."), (all.Failure!.Kind, all.Failure.Message));
        Assert.Equal((3.0, 1, "without 'b'"), (quorum.Score!.Value, quorum.Judgement!.Missing, quorum.Judgement.Note));
    }

    [Fact]
    public void Of_SeveralFailed_IsTheOneThatNoRetryHelps()
    {
        var result = JuryTally.Of(
            new JuryRule(Welfare.Min, OneToFive, 2), [Failed("a", ErrorKind.UpstreamTimedOut), Failed("b", ErrorKind.Rejected), Failed("c", ErrorKind.UpstreamFailed)]);

        Assert.Equal((ErrorKind.Rejected, "juror 'a': a broke.; juror 'b': b broke.; juror 'c': c broke."), (result.Failure!.Kind, result.Failure.Message));
    }

    [Fact]
    public void Of_OneWithoutVerdict_IsUndecidedAndShowsTheOthers()
    {
        var undecided = new JurorScore(new Juror("b", "m"), new Undecided("its orders disagree", Judgement.Of(null), 7, default), null, false);

        var result = JuryTally.Of(new JuryRule(Welfare.Mean, OneToFive, 2), [Scored("a", 4), undecided, new JurorScore(new Juror("c", "m"), null, null, false)]);

        Assert.Equal("juror 'b' came to no verdict: its orders disagree", result.Undecided!.Why);
        Assert.Equal([4.0, null, null], result.Judgement!.Jury!.Jurors.Select(juror => juror.Value));
        Assert.Equal(7, result.Undecided.Tokens);
    }

    // z 1 and −1: deviation 1.
    [Theory]
    [InlineData(0.9, true)]
    [InlineData(1.0, false)]
    public void Of_CalibratedJurors_AlarmsBeyondWhatIsDeclared(double alarm, bool expected)
    {
        JurorScore[] jurors =
        [
            JurorScore.Of(Rule(), new Juror("a", "m") { Calibration = new ScoreCalibration(3, 1) }, Of(4), isFloored: false, isCached: false),
            JurorScore.Of(Rule(), new Juror("b", "m") { Calibration = new ScoreCalibration(0, 2) }, Of(-2), isFloored: false, isCached: false),
        ];

        var jury = JuryTally.Of(Rule(), jurors).Judgement!.Jury!;

        Assert.Equal((1.0, expected), (jury.Disagreement!.Value, jury.IsAlarm));
        Assert.Null(JuryReport.Of(Rule(), jurors[..1]).Disagreement);

        JuryRule Rule() => new(Welfare.Mean, null, 2, alarm);
    }

    [Fact]
    public void Of_TheFurthestScoresThatCount_HaveFiniteSpreads()
    {
        var rule = new JuryRule(Welfare.Mean, null, 2, Alarm: 1);
        JurorScore[] jurors = [.. new[] { 1e100, -1e100 }.Select((score, i) => JurorScore.Of(
            rule, new Juror($"{i}", "m", Weight: 1e9) { Calibration = new ScoreCalibration(0, 1) }, Of(score), isFloored: false, isCached: false))];

        var tallied = JuryTally.Of(rule, jurors);

        Assert.Equal((0.0, 1e100, 1e100), (tallied.Score!.Value, tallied.Judgement!.Spread!.Value, tallied.Judgement.Jury!.Disagreement!.Value));
    }

    [Fact]
    public void JurorScore_FloorsAndWhatIsOffItsScale_AreFailures()
    {
        var rule = new JuryRule(Welfare.Mean, OneToFive, 1);

        var floored = JurorScore.Of(rule, new Juror("a", "m"), Of(3), isFloored: true, isCached: false);
        var outside = JurorScore.Of(rule, new Juror("a", "m"), Of(7), isFloored: false, isCached: false);

        Assert.Equal((ErrorKind.Rejected, (double?)null), (floored.Result!.Failure!.Kind, floored.Value));
        Assert.Equal((ErrorKind.InvalidScore, (double?)null), (outside.Result!.Failure!.Kind, outside.Value));
        Assert.StartsWith("it gave 7,", outside.Result.Failure.Message, StringComparison.Ordinal);
    }

    private static JurorScore Scored(string name, double score, int tokens = 0, int calls = 0) => JurorScore.Of(
        new JuryRule(Welfare.Mean, OneToFive, 1),
        new Juror(name, "m"),
        new Score(score, tokens, Truncated: false, default, Judgement: Judgement.Of($"{name}'s words", new JudgeUsage(calls, 0, 0, null))),
        isFloored: false,
        isCached: false);

    private static JurorScore Failed(string name, ErrorKind kind) => new(new Juror(name, "m"), ScoreResult.Failed(kind, $"{name} broke."), null, false);

    private static ScoreResult Of(double score) => new Score(score, 0, Truncated: false, default);
}
