using System.Text.Json.Serialization;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// OpenRLHF's remote reward model, all versions: <c>POST /get_reward {"query": […], "prompts": […], "labels": […]}</c> →
/// <c>{"rewards", "scores", "extra_logs"}</c>. Queries went through the policy's chat template; clients retry every status but 2xx.
/// </summary>
internal sealed class OpenRlhfProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits)
{
    private readonly ScoreOptions _options = new(TimeSpan.FromMilliseconds(patience.Value.OpenRlhf));
    private readonly int _mostQueries = limits.Value.ResponsesPerRequest;

    /// <summary>Maps the dialect's routes.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/get_reward", WireReply.TrainerError, HandleAsync).WithSummary("OpenRLHF's remote reward model").WithTags("Dialects");

    private async Task HandleAsync(WireCall call)
    {
        var body = call.Parse(DialectJson.Default.OpenRlhfBody);
        var entry = call.Model(body.Model, fallBack: true);
        var scored = await call.ScoreAsync(new ScoreRequest(entry.Model.Name, Items(body, entry), _options));
        var scores = scored.ScoresOrThrow();
        var rewards = scores.Select(score => score.Value).ToArray();
        call.NameActivation("none");
        await call.ReplyAsync(
            new OpenRlhfReply(rewards, rewards, scores.Count == 0 ? [] : ExtraLogs(scores, scored)), DialectJson.Default.OpenRlhfReply);
    }

    private ScoreItem[] Items(OpenRlhfBody body, ModelEntry entry)
    {
        var queries = body.Query ?? throw JsonFault.At("$.query", "the list of texts to score is missing.");
        if (queries.Count > _mostQueries)
        {
            throw JsonFault.At("$.query", $"{queries.Count} texts; at most {_mostQueries} a request (Gateway:Limits:ResponsesPerRequest).");
        }

        if (body.Prompts is { } prompts && prompts.Count != queries.Count)
        {
            throw JsonFault.At("$.prompts", $"{prompts.Count} prompts for {queries.Count} queries; send one per query or none.");
        }

        var labels = entry.Model.Guidance.HasFlag(GuidanceFields.Reference) ? body.Labels : null;
        if (labels is not null && labels.Count != queries.Count)
        {
            throw JsonFault.At("$.labels", $"{labels.Count} labels for {queries.Count} queries; send one per query, null where there is none, or no list.");
        }

        return [.. queries.Select((query, i) => new ScoreItem(
            PolicyText.For(
                entry,
                new ItemBody.Templated(query ?? throw JsonFault.At($"$.query[{i}]", "null is not a text."), body.Prompts?[i]),
                $"$.query[{i}]"),
            TextGuidance.Of(TextGuidance.ReferenceOf(labels?[i], entry.Model, $"$.labels[{i}]"), principle: null)))];
    }

    // Numbers only: the trainer makes tensors of them.
    private static Dictionary<string, double[]> ExtraLogs(IReadOnlyList<Score> scores, ScoredRequest scored) => new()
    {
        ["tokens"] = [.. scores.Select(score => (double)score.Tokens)],
        ["floored"] = [.. scored.Responses.Select(response => response.IsFloored ? 1.0 : 0.0)],
        ["truncated"] = [.. scores.Select(score => score.Truncated ? 1.0 : 0.0)],
    };
}

/// <summary>The request; labels are the references of a judge that can use them. Other fields are ignored, as OpenRLHF's own server does.</summary>
internal sealed record OpenRlhfBody
{
    public string? Model { get; init; }

    public List<Utf8Text?>? Query { get; init; }

    public List<Utf8Text?>? Prompts { get; init; }

    public List<SampleLabel?>? Labels { get; init; }
}

/// <summary>The reply; all three lists have one entry per query.</summary>
internal sealed record OpenRlhfReply(
    double[] Rewards, double[] Scores, [property: JsonPropertyName("extra_logs")] Dictionary<string, double[]> ExtraLogs);
