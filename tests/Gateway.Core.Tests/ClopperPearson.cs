namespace Gateway.Core.Tests;

/// <summary>The exact bound on a rate that so many cases of so many allow (Clopper and Pearson 1934).</summary>
internal static class ClopperPearson
{
    /// <summary>The highest rate at which as few as <paramref name="seen"/> of <paramref name="trials"/> happens with a chance of 5 %.</summary>
    public static double UpperBound(int seen, int trials, double confidence = 0.95)
    {
        if (seen >= trials)
        {
            return 1;
        }

        double low = (double)seen / trials, high = 1;
        for (var step = 0; step < 200; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = AtMost(seen, trials, middle) > 1 - confidence ? (middle, high) : (low, middle);
        }

        return high;
    }

    /// <summary>The chance of at most so many.</summary>
    private static double AtMost(int seen, int trials, double rate)
    {
        var term = trials * Math.Log(1 - rate);
        var sum = Math.Exp(term);
        for (var i = 1; i <= seen; i++)
        {
            term += Math.Log((trials - i + 1.0) / i * rate / (1 - rate));
            sum += Math.Exp(term);
        }

        return sum;
    }
}
