using Gateway.LoadTests.Caching;
using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Judging;

/// <summary>Everything one run of the judging figures found out.</summary>
internal sealed class JudgingReport
{
    /// <summary>The share of the machine that was busy in the second before the run began.</summary>
    public required double BusyBefore { get; init; }

    /// <summary>Per style, calls of an item, bytes of a call's body and of its reply.</summary>
    public Dictionary<string, (double Calls, double Sent, double Read)> Sizes { get; } = new(StringComparer.Ordinal);

    /// <summary>Per style, one measurement within this process per round.</summary>
    public Dictionary<string, List<StyleMeasurement>> Styles { get; } = new(StringComparer.Ordinal);

    /// <summary>Per style, one measurement over HTTP per round, and that of its floor; the floor's items are calls.</summary>
    public Dictionary<string, List<(CacheMeasurement Gateway, Measurement Floor)>> Http { get; } = new(StringComparer.Ordinal);

    /// <summary>Per scenario of the fan-out, one measurement per round.</summary>
    public Dictionary<FanOutScenario, List<FanOutMeasurement>> FanOut { get; } = new(ReferenceEqualityComparer.Instance);
}
