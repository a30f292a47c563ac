using Gateway.Client;
using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;
using Gateway.Server.Proxy;
using Gateway.Server.Scoring;
using Gateway.Server.Upstream;

namespace Gateway.Server.Wire;

/// <summary><c>GET /v1/models</c>: what is scored and what passes through to clusters, in OpenAI's shape and more.</summary>
internal sealed class ModelsProtocol(ModelRegistry models, ProxyTargets targets, TimeProvider clock)
{
    private readonly long _started = clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/models", () => TypedResults.Json(new ModelList("list", [.. Cards()]), NativeJson.Default.ModelList))
            .WithSummary("The served models").WithTags("Native").Produces<ModelList>();
        routes.MapGet("/swift/v1/models", () => TypedResults.Json(new ModelList("list", [.. Scored()]), NativeJson.Default.ModelList))
            .WithSummary("The reward models, the default one first: ms-swift's clients take the first").WithTags("Dialects").Produces<ModelList>();
        // Clients of OpenAI's API ask for the list below the address that they were given.
        foreach (var below in (string[])["/models/{model}/v1/models", "/models/{model}/swift/v1/models"])
        {
            routes.MapGet(below, Task (HttpContext http, string model) => Find(model) is { } named
                ? TypedResults.Json(new ModelList("list", [named]), NativeJson.Default.ModelList).ExecuteAsync(http)
                : UnknownAsync(http, model)).ExcludeFromDescription();
        }

        routes.MapGet("/v1/models/{model}", Task (HttpContext http, string model) =>
                Find(model) is { } named ? TypedResults.Json(named, NativeJson.Default.ModelCard).ExecuteAsync(http) : UnknownAsync(http, model))
            .WithSummary("One served model").WithTags("Native").Produces<ModelCard>().ProducesErrors(404);
    }

    private static Task UnknownAsync(HttpContext http, string model) => WireEdge.WriteAsync(http, NativeProtocol.WriteError(new GatewayException(
        ErrorKind.UnknownModel, $"No model is named '{model}'; GET /v1/models lists what is served.")));

    private IEnumerable<ModelCard> Scored() => models.Entries.OrderByDescending(entry => entry == models.Default).Select(Card);

    /// <summary>What has this name or, alone, this alias.</summary>
    private ModelCard? Find(string model)
    {
        // The server decodes paths save for %2F.
        var name = model.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var cards = Cards().ToArray();
        return Array.Find(cards, card => card.Id == name)
            ?? (Array.FindAll(cards, card => card.Aliases.Contains(name)) is [var alone] ? alone : null);
    }

    private IEnumerable<ModelCard> Cards() => models.Entries.Select(Card).Concat(targets.Clusters.Select(Card));

    private ModelCard Card(UpstreamCluster cluster) =>
        new(cluster.Name, "model", _started, "cluster", cluster.Name, null, null, null, null, cluster.Options.PassThrough.Models, false);

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
        entry == models.Default)
    {
        Jurors = entry.Model is JuryRewardModel jury ? [.. jury.Jurors.Select(juror => new JurorCard(juror.Name, juror.Model, juror.Weight))] : null,
    };
}
