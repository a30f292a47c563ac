using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Puts a dialect's handler on its routes: the bare path and the one under <c>/models/{model}</c>.</summary>
internal static class WireRoutes
{
    /// <summary>Maps <paramref name="path"/> for POST; <paramref name="named"/> also under a model's own path.</summary>
    public static RouteHandlerBuilder MapWire(
        this IEndpointRouteBuilder routes,
        string path,
        Func<GatewayException, WireReply> writeError,
        Func<WireCall, Task> handle,
        bool named = true)
    {
        var edge = routes.ServiceProvider.GetRequiredService<WireEdge>();
        Delegate run = (HttpContext http) => edge.RunAsync(http, writeError, handle);
        if (named)
        {
            routes.MapPost("/models/{model}" + path, run).ExcludeFromDescription();
        }

        return routes.MapPost(path, run);
    }
}
