using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class ScoreResultTests
{
    [Fact]
    public void Conversion_FromScore_IsAScoreOnly()
    {
        var score = new Score(1, 2, false, default);
        ScoreResult result = score;

        Assert.True(result.IsScore);
        Assert.Same(score, result.Score);
        Assert.Null(result.Failure);
    }

    [Fact]
    public void Failed_Kind_IsAFailureOnly()
    {
        var result = ScoreResult.Failed(ErrorKind.TimedOut, "late");

        Assert.False(result.IsScore);
        Assert.Null(result.Score);
        Assert.Equal(new Failure(ErrorKind.TimedOut, "late"), result.Failure);
    }

    [Fact]
    public void Type_NobodyElseCanMakeOne() => Assert.Empty(typeof(ScoreResult).GetConstructors());
}
