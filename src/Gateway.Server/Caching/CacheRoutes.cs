using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;
using Gateway.Server.Access;
using Gateway.Server.Judging.Juries;
using Gateway.Server.Scoring;

namespace Gateway.Server.Caching;

/// <summary><c>POST /admin/cache/drop</c>: forgets one model's or one revision's scores, here at once and on every replica within a second.</summary>
internal sealed class CacheRoutes(ModelRegistry models, RedisWatch watch, CacheMetrics metrics)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapAdmin().MapPost("/cache/drop", DropAsync).WithSummary("Forget a model's or a revision's scores").Produces<DropReply>();

    private async Task<IResult> DropAsync(HttpContext http, string? model = null, string? revision = null)
    {
        if (model is null && revision is null)
        {
            (model, revision) = await ReadAsync(http);
        }

        var scope = (model, revision) switch
        {
            ({ Length: > 0 }, null) => new CacheScope(CacheScopeKind.Model, Storing(model).Name),
            (null, { Length: > 0 and <= 256 }) => new CacheScope(CacheScopeKind.Revision, revision),
            _ => throw new GatewayException(
                ErrorKind.InvalidRequest, "Say what to drop: {\"model\": name} or {\"revision\": revision}, one of the two, as JSON or in the query."),
        };
        var (generation, told) = await watch.DropAsync(scope);
        return Results.Json(
            new DropReply(
                scope.Kind == CacheScopeKind.Model ? scope.Name : null, scope.Kind == CacheScopeKind.Revision ? scope.Name : null, generation, told, Counts()),
            CacheJson.Default.DropReply);
    }

    private IRewardModel Storing(string name) => models.Find(name).Model is var model && model is JuryRewardModel jury
        ? throw new GatewayException(
            ErrorKind.InvalidRequest, $"'{jury.Name}' is a jury, of which nothing is stored; drop its jurors': {string.Join(", ", jury.Jurors.Select(juror => juror.Model).Distinct())}.")
        : model;

    private static async Task<(string? Model, string? Revision)> ReadAsync(HttpContext http)
    {
        try
        {
            var call = await JsonSerializer.DeserializeAsync(http.Request.Body, CacheJson.Default.DropCall, http.RequestAborted);
            return (call?.Model, call?.Revision);
        }
        catch (JsonException)
        {
            // An empty or other body says nothing; the message tells what to send.
            return (null, null);
        }
    }

    private Dictionary<string, long> Counts() => Enum.GetValues<CacheCount>().ToDictionary(
        count => JsonNamingPolicy.SnakeCaseLower.ConvertName(count.ToString()), count => metrics[count]);
}

/// <summary>What to drop: one of the two.</summary>
internal sealed record DropCall(string? Model, string? Revision);

/// <summary>What was dropped.</summary>
/// <param name="Model">The model's name, where a model was.</param>
/// <param name="Revision">The revision, where one was.</param>
/// <param name="Generation">The generation in force from now on.</param>
/// <param name="Redis"><c>told</c>, <c>pending</c> where Redis could not be told yet, or <c>none</c>.</param>
/// <param name="Counts">The cache's counts since the start.</param>
internal sealed record DropReply(string? Model, string? Revision, long Generation, string Redis, Dictionary<string, long> Counts);

/// <summary>The JSON of the cache's routes.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(DropCall))]
[JsonSerializable(typeof(DropReply))]
internal sealed partial class CacheJson : JsonSerializerContext;
