using Gateway.Client;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary><c>GET /v1/models</c>: what is served, in OpenAI's shape and more.</summary>
internal sealed class ModelsProtocol(ModelRegistry models)
{
    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", () => TypedResults.Json(new ModelList("list", [.. models.Entries.Select(Card)]), NativeJson.Default.ModelList))
            .WithSummary("The served models").WithTags("Native").Produces<ModelList>();
        routes.MapGet("/v1/models/{model}", Task (HttpContext http, string model) =>
            {
                var named = models.Entries.FirstOrDefault(entry => entry.Model.Name == model);
                return named is null
                    ? WireEdge.WriteAsync(http, NativeProtocol.WriteError(new GatewayException(
                        ErrorKind.UnknownModel, $"No model is named '{model}'; GET /v1/models lists what is served.")))
                    : TypedResults.Json(Card(named), NativeJson.Default.ModelCard).ExecuteAsync(http);
            })
            .WithSummary("One served model").WithTags("Native").Produces<ModelCard>().ProducesErrors(404);
    }

    private ModelCard Card(ModelEntry entry) => new(
        entry.Model.Name,
        "model",
        entry.LoadedAt.ToUnixTimeSeconds(),
        "reward-gateway",
        entry.Model.Name,
        null,
        entry.Model.MaxTokens,
        entry.Model.Revision,
        entry.Model.Granularity.ToString().ToLowerInvariant(),
        entry.Aliases,
        entry == models.Default);
}
