using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Numbers that are no logits are told from logits that look like them.</summary>
public sealed class ScoreGuardTests
{
    private readonly ScoreGuard _guard = new(unitInterval: false);

    [Fact]
    public void Check_OneAmongOthers_IsALogit()
    {
        Assert.NotNull(Check(1));
        Assert.Null(Check(2.5));
        Assert.Null(Check(1));
        Assert.Null(Check(-1));
        Assert.NotNull(Check(1, "b"));
    }

    [Fact]
    public void Check_OnesThatGoOn_AreRefusedEvenAfterOthers()
    {
        Check(2.5);
        Assert.Equal(ScoreGuard.OnesRun - 1, Enumerable.Range(0, 100).Count(_ => Check(1) is null));
        Assert.Null(Check(2.5));
        Assert.Null(Check(1));
    }

    [Fact]
    public void Check_NormalisedEmbeddings_AreRefused() => Assert.All([1.0, -1, -1, 1, -1], value => Assert.NotNull(Check(value)));

    [Fact]
    public void Check_TheFirstScoresAllInTheUnitInterval_AreRefusedFromTheThirtySecondOn()
    {
        Assert.Equal(ScoreGuard.FirstRun - 1, Enumerable.Range(0, 100).Count(i => Check((i + 0.5) / 100) is null));
        Assert.NotNull(Check(1));
        Assert.Null(Check(1.5));
        Assert.Null(Check(0.5));
    }

    [Fact]
    public void Check_UntilOneLiesOutside_ScoresAreUnproven()
    {
        Assert.All([0.25, 0.75, 0, 0.5], value => Assert.True(_guard.Check(EngineScore.Of(value), "a").Unproven));
        Assert.False(_guard.Check(EngineScore.Of(1.5), "a").Unproven);
        Assert.False(_guard.Check(EngineScore.Of(0.25), "a").Unproven);
        Assert.True(_guard.Check(EngineScore.Of(0.25), "b").Unproven);
        Assert.False(new ScoreGuard(unitInterval: true).Check(EngineScore.Of(0.25), "a").Unproven);
    }

    [Fact]
    public void Check_TwoScoresInTurnOrTheEnds_SayNothingNew() =>
        Assert.All(Enumerable.Range(0, 200), i => Assert.Null(Check((i % 4) switch { 0 => 0.25, 1 => 0.75, 2 => 0, _ => 0.5 })));

    [Fact]
    public void Check_ALongRunInTheUnitInterval_IsRefusedUntilOneLiesOutside()
    {
        Assert.Null(Check(2.5));
        Assert.Equal(ScoreGuard.SigmoidRun - 1, Enumerable.Range(0, 1000).Count(i => Check((i + 0.5) / 1000) is null));
        Assert.Null(Check(-0.01));
        Assert.Null(Check(0.5));
    }

    [Fact]
    public void Check_TheSameTextAgain_TellsNothingNew() => Assert.All(Enumerable.Range(0, 1000), _ => Assert.Null(Check(0.5)));

    [Fact]
    public void Check_OneDestination_SaysNothingOfAnother()
    {
        Assert.All(Enumerable.Range(0, 300), i => Check((i + 0.5) / 300, "a"));
        Assert.NotNull(Check(0.123, "a"));
        Assert.Null(Check(0.123, "b"));
    }

    [Fact]
    public void Check_LogitsThatAreDeclaredToLieThere_ArePassed()
    {
        var guard = new ScoreGuard(unitInterval: true);
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Null(guard.Check(EngineScore.Of((i + 0.5) / 1000), "a").Failure));
    }

    [Theory]
    [InlineData(-1e6)]
    [InlineData(-9999)]
    public void Check_ASentinel_IsRefused(double value) => Assert.Equal(ErrorKind.InvalidScore, Check(value)?.Kind);

    private Failure? Check(double value, string destination = "a") => _guard.Check(EngineScore.Of(value), destination).Failure;
}
