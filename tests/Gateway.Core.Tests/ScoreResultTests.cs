using System.Text;
using System.Text.Json;
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

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.7283185720443726, "-0.7283185720443726")]
    [InlineData(1e21, "1E+21")]
    [InlineData(-double.Epsilon, "-5E-324")]
    [InlineData(-double.MaxValue, "-1.7976931348623157E+308")]
    public void Digits_OfAScore_ReadBackAsItsNumber(double value, string digits)
    {
        ScoreResult result = new Score(value, 2, false, default);

        Assert.Equal(digits, Encoding.UTF8.GetString(result.Digits));
        Assert.Equal(digits, JsonSerializer.Serialize(value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(JsonSerializer.Deserialize<double>(result.Digits)));
    }

    [Fact]
    public void Digits_OfAFailure_AreNone() => Assert.True(ScoreResult.Failed(ErrorKind.TimedOut, "late").Digits.IsEmpty);

    [Fact]
    public void Type_NobodyElseCanMakeOne() => Assert.Empty(typeof(ScoreResult).GetConstructors());
}
