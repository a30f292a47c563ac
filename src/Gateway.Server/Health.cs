using Gateway.Server.Upstream;

namespace Gateway.Server;

/// <summary><c>/healthz</c> says that the process is alive, whatever its load; <c>/readyz</c> that it takes requests.</summary>
internal static class Health
{
    /// <summary>Maps both routes.</summary>
    public static void MapHealth(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.MapGet("/healthz", () => TypedResults.Text("alive\n")).WithSummary("The process is alive").WithTags("Health");
        var upstreams = app.Services.GetRequiredService<UpstreamPool>();
        app.MapGet("/readyz", () => stopping.IsCancellationRequested
                ? TypedResults.Text("stopping\n", statusCode: StatusCodes.Status503ServiceUnavailable)
                : TypedResults.Text(string.Concat(upstreams.Troubles().Prepend("ready").Select(line => line + "\n"))))
            .WithSummary("Requests are served; lines below the first name destinations that are not used, and why").WithTags("Health").Produces(StatusCodes.Status200OK).Produces(StatusCodes.Status503ServiceUnavailable);
    }
}
