using Gateway.Server.Configuration;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Gateway.Server.Proxy;

/// <summary>The room of what passes through to clusters untouched.</summary>
internal static class ProxyRoom
{
    /// <summary>The routes that pass through, each also under a model's own path.</summary>
    private static readonly (string Path, string Summary)[] Routes =
    [
        ("/v1/chat/completions", "OpenAI's chat, passed through to a cluster"),
        ("/v1/completions", "OpenAI's completions, passed through to a cluster"),
        ("/v1/embeddings", "OpenAI's embeddings, passed through to a cluster"),
        ("/tokenize", "vLLM's tokenize, passed through to a cluster"),
        ("/detokenize", "vLLM's detokenize, passed through to a cluster"),
        ("/generate", "SGLang's and TGI's generate, passed through to a cluster"),
    ];

    /// <summary>Registers the lane and the guard of the gateway's own routes.</summary>
    public static IServiceCollection AddProxy(this IServiceCollection services)
    {
        services.AddSection<ProxyOptions, ProxyOptionsValidator>(ProxyOptions.Section);
        services.AddSingleton<ProxyTargets>();
        services.AddSingleton<ProxyLane>();
        services.AddSingleton<RouteGuard>();
        services.AddSingleton<IProxyConfigFilter>(all => all.GetRequiredService<RouteGuard>());
        services.AddSingleton<ITransformProvider, RouteTransforms>();
        return services;
    }

    /// <summary>Maps the routes.</summary>
    public static void MapProxy(this WebApplication app)
    {
        var lane = app.Services.GetRequiredService<ProxyLane>();
        foreach (var (path, summary) in Routes)
        {
            RequestDelegate run = http => lane.RunAsync(http, path);
            app.MapPost("/models/{model}" + path, run).ExcludeFromDescription();
            app.MapPost(path, run).WithSummary(summary).WithTags("Pass-through");
        }
    }
}
