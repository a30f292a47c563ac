namespace Gateway.LoadTests.Load;

/// <summary>A latency distribution in milliseconds.</summary>
internal readonly record struct LatencySummary(double P50, double P90, double P99, double P999, double Max);
