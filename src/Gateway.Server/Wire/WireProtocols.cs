using FluentValidation;
using Gateway.Core.Scoring;
using Gateway.Server.Configuration;

namespace Gateway.Server.Wire;

/// <summary>The room of what clients speak to us: one line per dialect.</summary>
internal static class WireProtocols
{
    /// <summary>Registers the edge and the dialects.</summary>
    public static IServiceCollection AddWire(this IServiceCollection services)
    {
        services.AddSection<SlimeOptions, SlimeOptionsValidator>(SlimeOptions.Section);
        services.AddSection<NemoGymOptions, NemoGymOptionsValidator>(NemoGymOptions.Section);
        services.AddSingleton<IValidator<ScoreEnvelope>, ScoreEnvelopeValidator>();
        services.AddSingleton<WireEdge>();
        services.AddSingleton<EnvelopeGuidance>();
        services.AddSingleton<CriteriaEnvelopeValidator>();
        services.AddSingleton<NativeProtocol>();
        services.AddSingleton<CriteriaProtocol>();
        services.AddSingleton<ModelsProtocol>();
        services.AddSingleton<ChatScoreProtocol>();
        services.AddSingleton<NemoGymProtocol>();
        services.AddSingleton<OpenRlhfProtocol>();
        services.AddSingleton<RewardAnythingProtocol>();
        services.AddSingleton<RewardKitProtocol>();
        services.AddSingleton<SlimeProtocol>();
        services.AddSingleton<VllmClassifyProtocol>();
        return services;
    }

    /// <summary>Maps every dialect's routes.</summary>
    public static void MapWire(this WebApplication app)
    {
        app.Services.GetRequiredService<NativeProtocol>().Map(app);
        app.Services.GetRequiredService<CriteriaProtocol>().Map(app);
        app.Services.GetRequiredService<ModelsProtocol>().Map(app);
        app.Services.GetRequiredService<ChatScoreProtocol>().Map(app);
        app.Services.GetRequiredService<NemoGymProtocol>().Map(app);
        app.Services.GetRequiredService<OpenRlhfProtocol>().Map(app);
        app.Services.GetRequiredService<RewardAnythingProtocol>().Map(app);
        app.Services.GetRequiredService<RewardKitProtocol>().Map(app);
        app.Services.GetRequiredService<SlimeProtocol>().Map(app);
        app.Services.GetRequiredService<VllmClassifyProtocol>().Map(app);
        RefuseSharedRoutes(app);
    }

    /// <summary>A configured path that is another dialect's would fail at the first request; it refuses to start instead.</summary>
    private static void RefuseSharedRoutes(IEndpointRouteBuilder routes)
    {
        var shared = routes.DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                .Select(method => $"{method} /{endpoint.RoutePattern.RawText?.Trim('/')}"))
            .GroupBy(route => route, StringComparer.OrdinalIgnoreCase)
            .Where(group => group.Count() > 1)
            .Select(group => $"{group.Key} belongs to two dialects; take the path out of Gateway:Slime.")
            .ToArray();
        if (shared.Length > 0)
        {
            throw new StartupException(shared);
        }
    }
}
