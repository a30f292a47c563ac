using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>The kinds of remote reward models.</summary>
internal static class EngineKinds
{
    /// <summary>Every engine's dialect.</summary>
    public static IReadOnlyList<IUpstreamProtocol> All { get; } =
    [
        new VllmClassify(),
        new VllmPooling(),
        new VllmScore(),
        new SglangClassify(),
        new SglangEmbeddings(),
        new TeiPredict(),
        new LlamaCppRerank(),
        new OpenRlhf(),
        new OpenInference(),
    ];

    /// <summary>Registers a factory for each.</summary>
    public static IServiceCollection AddEngines(this IServiceCollection services)
    {
        foreach (var protocol in All)
        {
            services.AddSingleton<IRewardModelFactory>(all =>
                new RemoteModelFactory(protocol, all.GetRequiredService<UpstreamPool>(), all.GetRequiredService<TimeProvider>()));
        }

        return services;
    }
}
