using Gateway.LoadTests.Figures;

namespace Gateway.LoadTests.Caching;

/// <summary>One route of the cache's figures in one round.</summary>
/// <param name="Seen">What every route has.</param>
/// <param name="RedisCpu">User and system time of Redis in the window.</param>
/// <param name="AllocatedBytes">What the gateway allocated in the window; null where no gateway took part.</param>
internal sealed record CacheMeasurement(Measurement Seen, TimeSpan RedisCpu, double? AllocatedBytes)
{
    /// <summary>Microseconds of Redis's processor time per item.</summary>
    public double RedisMicroseconds => RedisCpu.TotalMicroseconds / Seen.Items;

    /// <summary>Bytes that the gateway allocated per item.</summary>
    public double? AllocatedPerItem => AllocatedBytes / Seen.Items;
}
