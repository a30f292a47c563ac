using Gateway.Client;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Wire;

namespace Gateway.Server.Rubrics;

/// <summary><c>GET /v1/principles</c> and <c>GET /v1/principles/{name}</c>: the catalogue in force.</summary>
internal sealed class PrinciplesProtocol(PrincipleCatalog catalog)
{
    /// <summary>Maps the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/principles", () => TypedResults.Json(List(), PrinciplesJson.Plain.PrincipleList))
            .WithSummary("The principles that judges can be told to follow").WithTags("Native").Produces<PrincipleList>();
        routes.MapGet("/v1/principles/{name}", Task (HttpContext http, string name) =>
            {
                try
                {
                    return TypedResults.Json(Whole(catalog.Find(name)), PrinciplesJson.Plain.PrincipleReply).ExecuteAsync(http);
                }
                catch (GatewayException unknown)
                {
                    return WireEdge.WriteAsync(http, NativeProtocol.WriteError(unknown));
                }
            })
            .WithSummary("One principle with its text and criteria").WithTags("Native").Produces<PrincipleReply>().ProducesErrors(404);
    }

    private PrincipleList List() => new(
        [.. catalog.Current.Principles.Select(Card)],
        [.. catalog.Faults.Select(fault => new PrincipleFault(fault.File, fault.Line > 0 ? fault.Line : null, fault.Key.Length > 0 ? fault.Key : null, fault.Message))]);

    private static PrincipleCard Card(Principle principle) => new(
        principle.Name,
        principle.Version,
        principle.Title,
        principle.Digest,
        Scale(principle),
        [.. Criteria(principle).Select(criterion => criterion.Name)],
        principle.Styles,
        principle.Text.Length);

    private static PrincipleReply Whole(Principle principle) => new(
        principle.Name,
        principle.Version,
        principle.Title,
        principle.Digest,
        principle.Text,
        Scale(principle),
        [.. Criteria(principle).Select(criterion => new CriterionReply(criterion.Name, criterion.Question, criterion.Weight, criterion.Choices, criterion.IsPitfall))],
        principle.Styles);

    private static IEnumerable<Criterion> Criteria(Principle principle) => principle.Rubric?.Criteria ?? [];

    private static ScaleReply? Scale(Principle principle) =>
        principle.Rubric?.Scale is { } scale ? new ScaleReply(scale.Lowest, scale.Highest, scale.Descriptions) : null;
}
