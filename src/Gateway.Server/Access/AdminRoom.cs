using System.Net;
using Gateway.Core.Scoring;
using Gateway.Server.Configuration;
using Gateway.Server.Wire;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Access;

/// <summary>The room of who may do what: the operators' routes under <c>/admin</c>.</summary>
internal static class AdminRoom
{
    /// <summary>Registers its settings.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSection<AdminOptions, AdminOptionsValidator>(AdminOptions.Section);

    /// <summary>The routes under <c>/admin</c>: for this machine alone unless the settings say otherwise; errors are problem details.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin").WithTags("Operators");
        group.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            try
            {
                RefuseStrangers(http);
                return await next(context);
            }
            catch (GatewayException e)
            {
                await WireEdge.WriteAsync(http, NativeProtocol.WriteError(e));
                return Results.Empty;
            }
        });
        return group;
    }

    private static void RefuseStrangers(HttpContext http)
    {
        // No address: a test host without a socket, or a Unix socket, which is this machine.
        var remote = http.Connection.RemoteIpAddress;
        if (remote is not null && !IPAddress.IsLoopback(remote) && !http.RequestServices.GetRequiredService<IOptions<AdminOptions>>().Value.AllowRemote)
        {
            throw new GatewayException(
                ErrorKind.Forbidden, "Operators' routes answer this machine only; call from there, or set Gateway:Admin:AllowRemote in a network that you trust.");
        }
    }
}
