using Gateway.Server.Upstream;

namespace Gateway.Server;

/// <summary>
/// <c>/healthz</c> says that the process is alive, whatever its load; <c>/readyz</c> that it takes requests, and <c>/health</c> the same for clients of
/// other servers: RewardAnything's looks at the status, reward-kit's at <c>status</c> too.
/// </summary>
internal static class Health
{
    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.MapGet("/healthz", () => TypedResults.Text("alive\n")).WithSummary("The process is alive").WithTags("Health");
        var upstreams = app.Services.GetRequiredService<UpstreamPool>();
        foreach (var path in (string[])["/health", "/models/{model}/health"])
        {
            var route = app.MapGet(path, () => stopping.IsCancellationRequested
                ? TypedResults.Json(new Dictionary<string, string> { ["status"] = "error", ["reason"] = "stopping" }, statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Json(new Dictionary<string, string> { ["status"] = "ok" }));
            if (path == "/health")
            {
                route.WithSummary("Requests are served, in other servers' words").WithTags("Health").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable);
            }
            else
            {
                route.ExcludeFromDescription();
            }
        }

        app.MapGet("/readyz", () => stopping.IsCancellationRequested
                ? TypedResults.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Text(string.Concat(upstreams.Troubles().Prepend("ready").Select(line => line + "\n"))))
            .WithSummary("Requests are served; lines below the first name destinations that are not used, and why").WithTags("Health").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable);
    }
}
