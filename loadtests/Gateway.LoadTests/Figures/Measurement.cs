using Gateway.LoadTests.Load;

namespace Gateway.LoadTests.Figures;

/// <summary>One route in one round.</summary>
/// <param name="Items">Items scored.</param>
/// <param name="Elapsed">The window's length.</param>
/// <param name="ServerCpu">User and system time of the process that scores.</param>
/// <param name="ClientCpu">The same of the process that asks; zero where it is the same process.</param>
/// <param name="OtherCpu">The same of everything else on the machine.</param>
/// <param name="Latency">Of requests, where there were requests.</param>
/// <param name="Failed">Requests that failed.</param>
internal sealed record Measurement(
    long Items, TimeSpan Elapsed, TimeSpan ServerCpu, TimeSpan ClientCpu, TimeSpan OtherCpu, LatencySummary? Latency, long Failed)
{
    /// <summary>Items per second.</summary>
    public double ItemsPerSecond => Items / Elapsed.TotalSeconds;

    /// <summary>Microseconds of the scoring process's processor time per item.</summary>
    public double ServerMicroseconds => ServerCpu.TotalMicroseconds / Items;

    /// <summary>Microseconds of the asking process's processor time per item.</summary>
    public double ClientMicroseconds => ClientCpu.TotalMicroseconds / Items;

    /// <summary>The share of the machine that something else used.</summary>
    public double OtherShare => Math.Max(0, OtherCpu / Elapsed / Environment.ProcessorCount);
}
