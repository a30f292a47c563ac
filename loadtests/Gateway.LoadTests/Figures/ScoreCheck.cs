namespace Gateway.LoadTests.Figures;

/// <summary>How far one route's scores are from those of the graph called directly, one row at a time.</summary>
/// <param name="Route">The route.</param>
/// <param name="Tolerance">The largest difference that still is the same work; 0 asks for the same bits.</param>
/// <param name="Different">Items whose float32 score has other bits.</param>
/// <param name="Largest">The largest absolute difference.</param>
internal sealed record ScoreCheck(string Route, double Tolerance, int Different, double Largest)
{
    /// <summary>Whether the route did the same work.</summary>
    public bool Holds => Tolerance == 0 ? Different == 0 : Largest <= Tolerance;

    /// <summary>What was asked for, in words.</summary>
    public string Wanted => Tolerance == 0 ? "the same bits" : FormattableString.Invariant($"within {Tolerance:0e+0}");

    /// <summary>Compares two lists of scores.</summary>
    public static ScoreCheck Of(string route, double tolerance, IReadOnlyList<float> expected, IReadOnlyList<double> actual)
    {
        if (expected.Count != actual.Count)
            throw new UsageException($"{route} gave {actual.Count} scores for {expected.Count} items.");

        var pairs = expected.Zip(actual).ToArray();
        return new ScoreCheck(
            route,
            tolerance,
            pairs.Count(p => BitConverter.SingleToInt32Bits(p.First) != BitConverter.SingleToInt32Bits((float)p.Second)),
            pairs.Max(p => Math.Abs(p.First - (double)(float)p.Second)));
    }
}
