namespace Gateway.LoadTests.Tests;

/// <summary>A ban of one overload alone is walked past by the next; a misspelt one is passed over in silence.</summary>
public sealed class BannedSymbolsTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(RepositoryRoot.Find(), "BannedSymbols.txt"));

    [Fact]
    public void TaskRun_EveryOverload_IsBanned() => Assert.Equal(
        typeof(Task).GetMethods().Where(method => method.Name == nameof(Task.Run)).Select(method => Id(method.ToString()!)).Order(StringComparer.Ordinal),
        Lines.Select(line => line.Split(';')[0]).Where(id => id.StartsWith("M:System.Threading.Tasks.Task.Run", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Stopwatch_EveryWayToStartOne_IsBanned() => Assert.Equal(
        ["M:System.Diagnostics.Stopwatch.#ctor", "M:System.Diagnostics.Stopwatch.GetTimestamp", "M:System.Diagnostics.Stopwatch.StartNew"],
        Lines.Select(line => line.Split(';')[0]).Where(id => id.Contains("Stopwatch", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void Lines_All_HaveARemedy() => Assert.All(Lines, line => Assert.Matches("^[MPT]:[^;]+;.{10,}$", line));

    // From "System.Threading.Tasks.Task`1[TResult] Run[TResult](System.Func`1[TResult], …)" to the id of its documentation.
    private static string Id(string signature)
    {
        var parameters = signature[(signature.IndexOf('(', StringComparison.Ordinal) + 1)..^1]
            .Replace("`1", "", StringComparison.Ordinal).Replace("TResult", "``0", StringComparison.Ordinal)
            .Replace('[', '{').Replace(']', '}').Replace(" ", "", StringComparison.Ordinal);
        return $"M:System.Threading.Tasks.Task.Run{(signature.Contains("Run[", StringComparison.Ordinal) ? "``1" : "")}({parameters})";
    }
}
