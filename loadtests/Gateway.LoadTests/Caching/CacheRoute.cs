namespace Gateway.LoadTests.Caching;

/// <summary>One thing that is measured in every round.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Spelling">How its texts are written; null where it has none.</param>
/// <param name="Keys">Items of one request.</param>
/// <param name="MeasureAsync">Measures it for so long.</param>
internal sealed record CacheRoute(string Name, Spelling? Spelling, int Keys, Func<TimeSpan, CancellationToken, Task<CacheMeasurement>> MeasureAsync)
{
    /// <summary>The name of a route.</summary>
    public static string NameOf(string kind, int keys, Spelling? spelling) => spelling is null ? $"{kind}-{keys}" : $"{kind}-{keys}-{spelling.Name}";
}
