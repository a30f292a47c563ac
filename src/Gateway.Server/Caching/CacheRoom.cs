using Gateway.Server.Configuration;

namespace Gateway.Server.Caching;

/// <summary>The room of what is remembered: scores in this process and in Redis.</summary>
internal static class CacheRoom
{
    /// <summary>Registers the cache and its connection.</summary>
    public static IServiceCollection AddCache(this IServiceCollection services)
    {
        services.AddSection<CacheOptions, CacheOptionsValidator>(CacheOptions.Section);
        services.AddSingleton<RedisConnection>();
        return services;
    }
}
