using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Caching;

/// <summary>Everything one run of the cache's figures found out.</summary>
internal sealed class CacheReport
{
    /// <summary>Measurements by route, one per round, in the order of the table.</summary>
    public Dictionary<string, List<CacheMeasurement>> Routes { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys per second of redis-benchmark by keys per MGET, one per round.</summary>
    public Dictionary<int, List<double>> Benchmark { get; } = [];

    /// <summary>The share of the machine that was busy in the second before the run began.</summary>
    public required double BusyBefore { get; init; }

    /// <summary>Bytes of a key and of a value in Redis, and how many there were.</summary>
    public (int KeyBytes, double ValueBytes, int Count) Stored { get; set; }

    /// <summary>Redis's version.</summary>
    public string RedisVersion { get; set; } = "";

    /// <summary>A figure of one route over all rounds.</summary>
    public Spread Over(string route, Func<CacheMeasurement, double> measure) => Spread.Of(Routes[route].Select(measure));

    /// <summary>A figure of two routes taken together, round by round.</summary>
    public Spread Ratio(string one, string other, Func<CacheMeasurement, CacheMeasurement, double> measure) =>
        Spread.Of(Routes[one].Zip(Routes[other], measure));
}
