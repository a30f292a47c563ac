using FluentValidation;

namespace Gateway.Server.Wire;

/// <summary>The room of what clients speak to us: one line per dialect.</summary>
internal static class WireProtocols
{
    /// <summary>Registers the edge and the dialects.</summary>
    public static IServiceCollection AddWire(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<SlimeOptions, SlimeOptionsValidator>().BindConfiguration(SlimeOptions.Section);
        services.AddSingleton<IValidator<ScoreEnvelope>, ScoreEnvelopeValidator>();
        services.AddSingleton<WireEdge>();
        services.AddSingleton<NativeProtocol>();
        services.AddSingleton<ModelsProtocol>();
        services.AddSingleton<OpenRlhfProtocol>();
        services.AddSingleton<SlimeProtocol>();
        services.AddSingleton<VllmClassifyProtocol>();
        return services;
    }

    /// <summary>Maps every dialect's routes.</summary>
    public static void MapWire(this WebApplication app)
    {
        app.Services.GetRequiredService<NativeProtocol>().Map(app);
        app.Services.GetRequiredService<ModelsProtocol>().Map(app);
        app.Services.GetRequiredService<OpenRlhfProtocol>().Map(app);
        app.Services.GetRequiredService<SlimeProtocol>().Map(app);
        app.Services.GetRequiredService<VllmClassifyProtocol>().Map(app);
    }
}
