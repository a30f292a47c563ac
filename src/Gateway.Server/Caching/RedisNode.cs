namespace Gateway.Server.Caching;

/// <summary>One server of Redis, the only one or a node of a Cluster, and whether it is asked: one that is down or hangs is left alone, and the others are not.</summary>
/// <param name="name">Its address; empty for the only one.</param>
/// <param name="lookups">Whether scores are looked for in it.</param>
/// <param name="writes">Whether scores are written to it.</param>
internal sealed class RedisNode(string name, CircuitBreaker lookups, CircuitBreaker writes)
{
    /// <summary>Its address; empty for the only one.</summary>
    public string Name => name;

    /// <summary>Whether scores are looked for in it.</summary>
    public CircuitBreaker Lookups => lookups;

    /// <summary>Whether scores are written to it.</summary>
    public CircuitBreaker Writes => writes;
}
