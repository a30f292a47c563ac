namespace Gateway.LoadTests.Figures;

/// <summary>One way to call the graph directly.</summary>
/// <param name="Rows">Items per run; above 1 they are sorted by length first and padded to the longest of their run.</param>
/// <param name="Callers">Calling threads.</param>
/// <param name="Sessions">Sessions they spread over.</param>
/// <param name="Threads">Intra-op threads per session.</param>
internal sealed record BarePlan(int Rows, int Callers, int Sessions, int Threads)
{
    /// <summary>Whether items run alone.</summary>
    public bool OneRow => Rows == 1;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{(OneRow ? "one row" : $"sorted batches of {Rows}")}, {Count(Callers, "caller")}, {Count(Sessions, "session")} of {Count(Threads, "thread")}";

    private static string Count(int number, string word) => number == 1 ? $"1 {word}" : $"{number} {word}s";
}
