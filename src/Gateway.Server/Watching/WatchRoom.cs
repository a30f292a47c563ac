using Gateway.Server.Configuration;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Watching;

/// <summary>The room that watches policies.</summary>
internal static class WatchRoom
{
    /// <summary>Registers the watch.</summary>
    public static IServiceCollection AddWatch(this IServiceCollection services)
    {
        services.AddSection<WatchOptions, WatchOptionsValidator>(WatchOptions.Section);
        services.AddHttpClient(AlarmPost.Client).RemoveAllLoggers();
        services.AddSingleton<AlarmPost>();
        services.AddHostedService(all => all.GetRequiredService<AlarmPost>());
        services.AddSingleton<PolicyWatch>();
        services.AddSingleton<WatchProtocol>();
        services.AddMetrics<WatchMetrics>();
        return services;
    }

    /// <summary>Maps its route.</summary>
    public static void MapWatch(this WebApplication app) => app.Services.GetRequiredService<WatchProtocol>().Map(app);
}
