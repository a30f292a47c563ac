using System.Globalization;

namespace Gateway.LoadTests.Load;

/// <summary>What one measured window saw.</summary>
/// <param name="Scenario">The scenario's name.</param>
/// <param name="Elapsed">From the window's opening to its last answer.</param>
/// <param name="Operations">Operations that succeeded.</param>
/// <param name="Items">Items that got their score.</param>
/// <param name="Latency">Of the operations that succeeded, from their intended starts.</param>
/// <param name="Errors">Failed operations by kind.</param>
internal sealed record LoadReport(
    string Scenario, TimeSpan Elapsed, long Operations, long Items, LatencySummary Latency, IReadOnlyDictionary<string, long> Errors)
{
    /// <summary>Items per second of the window.</summary>
    public double ItemsPerSecond => Elapsed > TimeSpan.Zero ? Items / Elapsed.TotalSeconds : 0;

    /// <summary>Failed operations of all kinds.</summary>
    public long Failed => Errors.Values.Sum();

    /// <summary>The report in lines for people.</summary>
    public override string ToString()
    {
        var errors = Errors.Count == 0
            ? "none"
            : string.Join(", ", Errors.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => $"{e.Key} {e.Value}"));
        return string.Create(CultureInfo.InvariantCulture, $"""
            {Scenario}: {Items} items in {Operations} operations in {Elapsed.TotalSeconds:0.00} s = {ItemsPerSecond:0.0} items/s
              latency ms: p50 {Latency.P50:0.00}  p90 {Latency.P90:0.00}  p99 {Latency.P99:0.00}  p99.9 {Latency.P999:0.00}  max {Latency.Max:0.00}
              errors: {errors}
            """);
    }
}
