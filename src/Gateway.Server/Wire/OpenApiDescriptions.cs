using Gateway.Client;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.Server.Wire;

/// <summary>What the OpenAPI document says of routes that read their bodies themselves, and so tell the framework nothing.</summary>
internal static class OpenApiDescriptions
{
    // The page for people opens the first group: that of scoring.
    private static readonly string[] Groups = ["Native", "Dialects", "Pass-through", "Operators", "Health"];

    /// <summary>Says whose document it is, and in which order its groups come.</summary>
    public static OpenApiOptions DescribeGateway(this OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Reward gateway";
        document.Tags = document.Tags?.OrderBy(tag => Array.IndexOf(Groups, tag.Name)).ToHashSet();
        return Task.CompletedTask;
    });

    /// <summary>Describes the JSON body of a route without making the framework check its content type.</summary>
    public static RouteHandlerBuilder DescribeBody<T>(this RouteHandlerBuilder route) =>
        route.AddOpenApiOperationTransformer(async (operation, context, cancellation) =>
        {
            var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = schema } },
            };
        });

    /// <summary>Describes the error statuses of a native route.</summary>
    public static RouteHandlerBuilder ProducesErrors(this RouteHandlerBuilder route, params int[] statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<Problem>(status, "application/problem+json");
        }

        return route;
    }
}
