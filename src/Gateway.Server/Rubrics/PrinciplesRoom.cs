using Gateway.Server.Telemetry;

namespace Gateway.Server.Rubrics;

/// <summary>The room of the catalogue of principles.</summary>
internal static class PrinciplesRoom
{
    /// <summary>Registers the catalogue and what watches its folder.</summary>
    public static IServiceCollection AddPrinciples(this IServiceCollection services)
    {
        services.AddSingleton<PrincipleCatalog>();
        services.AddSingleton<PrinciplesProtocol>();
        services.AddHostedService<PrincipleWatch>();
        services.AddMetrics<PrinciplesMetrics>();
        return services;
    }

    /// <summary>Maps its routes.</summary>
    public static void MapPrinciples(this WebApplication app) => app.Services.GetRequiredService<PrinciplesProtocol>().Map(app);
}
