namespace Gateway.Core.Tests;

public sealed class ClopperPearsonTests
{
    /// <summary>Nothing seen has a closed form; the others are in printed tables.</summary>
    [Theory]
    [InlineData(0, 20_000, 0.000149775)]
    [InlineData(0, 59, 0.0495)]
    [InlineData(5, 100, 0.1023)]
    [InlineData(10, 10, 1)]
    public void UpperBound_KnownCases_IsTheTables(int seen, int trials, double expected) =>
        Assert.Equal(expected, ClopperPearson.UpperBound(seen, trials), expected * 1e-3);

    [Theory]
    [InlineData(4, 20_000)]
    [InlineData(30, 60_000)]
    public void UpperBound_ManyTrials_IsNearThePoissonBound(int seen, int trials)
    {
        var bound = ClopperPearson.UpperBound(seen, trials);
        var mean = bound * trials;
        double term = Math.Exp(-mean), sum = term;
        for (var i = 1; i <= seen; i++)
        {
            sum += term *= mean / i;
        }

        Assert.Equal(0.05, sum, 1e-3);
    }
}
