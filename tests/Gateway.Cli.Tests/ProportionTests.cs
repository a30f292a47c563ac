using Gateway.Cli.Audit;

namespace Gateway.Cli.Tests;

public class ProportionTests
{
    // Worked by hand from Wilson 1927: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), z = 1.96.
    [Theory]
    [InlineData(0, 100, 0.0000, 0.0370)]
    [InlineData(1, 10, 0.0179, 0.4042)]
    [InlineData(5, 10, 0.2366, 0.7634)]
    [InlineData(100, 100, 0.9630, 1.0000)]
    public void Wilson_Counts_GivesTheIntervalWorkedByHand(int hits, int n, double low, double high)
    {
        var share = Proportion.Wilson(hits, n);

        Assert.Equal((double)hits / n, share.Value);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    // From the quantiles of the beta distribution: 1 - (α/2)^(1/n) where there is no hit, and R's binom.test.
    [Theory]
    [InlineData(0, 368, 0.0000, 0.0100)]
    [InlineData(0, 10, 0.0000, 0.3085)]
    [InlineData(1, 10, 0.0025, 0.4450)]
    [InlineData(5, 10, 0.1871, 0.8129)]
    [InlineData(10, 10, 0.6915, 1.0000)]
    public void Exact_Counts_GivesThePublishedInterval(int hits, int n, double low, double high)
    {
        var share = Proportion.Exact(hits, n);

        Assert.Equal((double)hits / n, share.Value);
        Assert.Equal(low, share.Low, 4);
        Assert.Equal(high, share.High, 4);
    }

    [Fact]
    public void Exact_ManyOfMany_IsStillOne()
    {
        var share = Proportion.Exact(5_000, 10_000);

        Assert.Equal((0.490, 0.510), (Math.Round(share.Low, 3), Math.Round(share.High, 3)));
    }

    [Fact]
    public void Wilson_OfNothing_IsNoNumber()
    {
        Assert.Equal("none", Proportion.Wilson(0, 0).ToString());
        Assert.Equal("none", Proportion.Exact(0, 0).ToString());
    }

    [Fact]
    public void OverQuestions_SharesThatDiffer_CountsQuestionsAndNotAttacks()
    {
        // Mean 0.5, sample deviation √(1/3), over √4.
        var share = Proportion.OverQuestions([0, 0, 1, 1]);

        Assert.Equal(0.5, share.Value);
        Assert.Equal(0, share.Low, 4);
        Assert.Equal(1, share.High, 4);
        // Mean 0.25, sample deviation 0.2543, over √30: ± 0.0910.
        Assert.Equal("25.0 [15.9, 34.1]", Proportion.OverQuestions([.. Enumerable.Repeat(0.0, 15), .. Enumerable.Repeat(0.5, 15)]).ToString());
    }

    [Fact]
    public void OverQuestions_AllAlike_StillHasAnInterval()
    {
        Assert.Equal("0.0 [0.0, 27.8]", Proportion.OverQuestions([.. Enumerable.Repeat(0.0, 10)]).ToString());
    }
}
