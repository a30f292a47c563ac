namespace Gateway.LoadTests.Figures;

/// <summary>Everything one run of the figures found out.</summary>
internal sealed class FiguresReport
{
    /// <summary>Measurements by route, one per round, in the order of the table.</summary>
    public Dictionary<string, List<Measurement>> Routes { get; } = new(StringComparer.Ordinal);

    /// <summary>What each route does, for the table's legend.</summary>
    public Dictionary<string, string> Legends { get; } = new(StringComparer.Ordinal);

    /// <summary>How the routes' scores compare with the graph's.</summary>
    public List<ScoreCheck> Checks { get; } = [];

    /// <summary>The direct calls tried, with their items per second, to find the fastest.</summary>
    public List<(BarePlan Plan, double ItemsPerSecond, double Microseconds)> Tried { get; } = [];

    /// <summary>Token counts of the workload's items, ascending.</summary>
    public required IReadOnlyList<int> Lengths { get; init; }

    /// <summary>Processor time of rendering and encoding one item, in microseconds.</summary>
    public required double EncodeMicroseconds { get; init; }

    /// <summary>The longest item's own time in each round.</summary>
    public List<TimeSpan> LongestItem { get; } = [];

    /// <summary>The open loop's rate in requests per second.</summary>
    public double HalfRate { get; set; }

    /// <summary>Torch's version and threads as the naive server told them.</summary>
    public string? Torch { get; set; }

    /// <summary>The share of the machine that was busy in the second before the run began.</summary>
    public double BusyBefore { get; set; }

    /// <summary>The faster of the two bare routes.</summary>
    public string FastestBare => Routes.Keys.Where(name => name.StartsWith("bare", StringComparison.Ordinal))
        .MaxBy(name => Spread.Of(Routes[name].Select(m => m.ItemsPerSecond)).Median)!;

    /// <summary>A measure of one route over a measure of another, round by round.</summary>
    public Spread Ratio(string route, string floor, Func<Measurement, double> measure) =>
        Spread.Of(Routes[route].Zip(Routes[floor], (a, b) => measure(a) / measure(b)));
}
