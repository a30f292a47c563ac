using Gateway.Server.Configuration;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Caching;

/// <summary>The room of what is remembered: scores in this process and in Redis.</summary>
internal static class CacheRoom
{
    /// <summary>Registers the cache and its connection.</summary>
    public static IServiceCollection AddCache(this IServiceCollection services)
    {
        services.AddSection<CacheOptions, CacheOptionsValidator>(CacheOptions.Section);
        services.AddSingleton<RedisConnection>();
        services.AddSingleton<RedisHealth>();
        services.AddSingleton<RedisNodes>();
        services.AddSingleton<RedisTier>();
        services.AddSingleton<RedisWriter>();
        services.AddSingleton<RedisWatch>();
        services.AddHostedService(all => all.GetRequiredService<RedisWriter>());
        services.AddHostedService(all => all.GetRequiredService<RedisWatch>());
        services.AddSingleton<CacheLayout>();
        services.AddSingleton<Generations>();
        services.AddSingleton<GenerationValues>();
        services.AddSingleton<ProcessTier>();
        services.AddSingleton<ScoreCache>();
        services.AddSingleton<CacheRoutes>();
        services.AddMetrics<CacheMetrics>();
        return services;
    }

    /// <summary>Registers the cache of generated texts.</summary>
    public static IServiceCollection AddTextCache(this IServiceCollection services)
    {
        services.AddSection<TextCacheOptions, TextCacheOptionsValidator>(TextCacheOptions.Section);
        services.AddSingleton<TextEnvelope>();
        services.AddSingleton<TextRedis>();
        services.AddSingleton<TextStore>();
        services.AddSingleton<SharedGeneration>();
        services.AddSingleton<TextCache>();
        services.AddMetrics<TextMetrics>();
        return services;
    }

    /// <summary>Maps the operators' routes.</summary>
    public static void MapCache(this WebApplication app) => app.Services.GetRequiredService<CacheRoutes>().Map(app);
}
