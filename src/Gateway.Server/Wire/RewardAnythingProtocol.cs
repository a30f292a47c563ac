using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// RewardAnything's server (arXiv 2506.03637): <c>POST {"principle", "prompt", "responses": {id: text}, "mask_responses"}</c> →
/// <c>{"thoughts", "results": {"scores": {id: number}, "best-to-worst": [ids]}}</c>, and lists of both, answered in the order of the requests.
/// Errors are FastAPI's <c>{"detail"}</c>; clients retry every status but 2xx.
/// </summary>
internal sealed class RewardAnythingProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits)
{
    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(patience.Value.RewardAnything);
    private readonly TimeSpan _mostPatience = TimeSpan.FromMilliseconds(Math.Max(patience.Value.RewardAnything, patience.Value.NativeMost));
    private readonly int _mostResponses = limits.Value.ResponsesPerRequest;

    /// <summary>Maps the dialect's routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapWire("/api/rewardanything", WireReply.Detail, HandleAsync).WithSummary("RewardAnything's judging by a principle").WithTags("Dialects");
        routes.MapWire("/api/rewardanything_batch", WireReply.Detail, HandleBatchAsync).WithSummary("The same for several prompts").WithTags("Dialects");
    }

    private async Task HandleAsync(WireCall call)
    {
        RewardAnythingBody[] bodies = [Parse(call, DialectJson.Default.RewardAnythingBody)];
        var scored = await JudgeAsync(call, bodies, [Item(bodies[0], "$")], _ => "$");
        await call.ReplyAsync(json => Write(json, bodies[0].Responses!, scored.Items[0]));
    }

    private async Task HandleBatchAsync(WireCall call)
    {
        var bodies = Parse(call, DialectJson.Default.ListRewardAnythingBody);
        if (bodies.Count == 0)
        {
            throw JsonFault.At("$", "the list is empty; send at least one request.");
        }

        var items = bodies.Select((body, i) => Item(body, $"$[{i}]")).ToArray();
        var scored = await JudgeAsync(call, bodies!, items, i => $"$[{i}]");
        await call.ReplyAsync(json =>
        {
            json.WriteStartArray();
            for (var i = 0; i < items.Length; i++)
            {
                Write(json, bodies[i]!.Responses!, scored.Items[i]);
            }

            json.WriteEndArray();
        });
    }

    // Responses are fields here, which the bounds of lists do not count.
    private static T Parse<T>(WireCall call, JsonTypeInfo<T> type)
        where T : class =>
        call.Parse((json, texts, mostResponses) =>
        {
            JsonBounds.Check(json.Span, mostResponses);
            JsonBounds.CheckFields(json.Span, mostResponses);
            return JsonText.Within(texts, () => JsonSerializer.Deserialize(json.Span, type));
        });

    private static ScoreItem Item(RewardAnythingBody? body, string path)
    {
        if (body is null)
        {
            throw JsonFault.At(path, "null is not a request.");
        }

        var principle = TextGuidance.PrincipleOf(body.Principle ?? throw JsonFault.At($"{path}.principle", "it is missing; send what to value."), $"{path}.principle");
        var prompt = body.Prompt ?? throw JsonFault.At($"{path}.prompt", "it is missing; send the text that was answered.");
        return body.Responses is { Count: > 0 } responses
            ? new ScoreItem(
                new ItemBody.Conversation([new Message(Message.User, prompt)], [.. responses.Select(response => response.Text)]),
                TextGuidance.Of(null, principle))
            : throw JsonFault.At($"{path}.responses", "send at least one response under an id of its own.");
    }

    private async Task<ScoredRequest> JudgeAsync(WireCall call, IReadOnlyList<RewardAnythingBody> bodies, ScoreItem[] items, Func<int, string> path)
    {
        var responses = bodies.Sum(body => body.Responses!.Count);
        if (responses > _mostResponses)
        {
            throw JsonFault.At("$", $"{responses} responses; at most {_mostResponses} a request (Gateway:Limits:ResponsesPerRequest).");
        }

        var model = call.Model(named: null, fallBack: true).Model;
        if (!model.Guidance.HasFlag(GuidanceFields.Principle))
        {
            throw JsonFault.At("principle", $"{model.Name} cannot use it; ask a judge that can, by /models/NAME before this path.", ErrorKind.UnsupportedField);
        }

        // Its client waits for a batch as long as for its requests one by one.
        var wait = TimeSpan.FromTicks(Math.Min(_patience.Ticks * items.Length, _mostPatience.Ticks));
        var scored = await call.ScoreAsync(new ScoreRequest(model.Name, items, new ScoreOptions(wait)));
        scored.ScoresOrThrow(at => NameOf(bodies, at, path));
        call.NameActivation("none");
        return scored;
    }

    private static string NameOf(IReadOnlyList<RewardAnythingBody> bodies, int at, Func<int, string> path)
    {
        var body = 0;
        while (at >= bodies[body].Responses!.Count)
        {
            at -= bodies[body++].Responses!.Count;
        }

        return $"{path(body)}.responses[\"{JsonFault.Shown(bodies[body].Responses![at].Id)}\"]";
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<NamedResponse> named, IReadOnlyList<ScoredResponse> scored)
    {
        json.WriteStartObject();
        json.WriteString("thoughts", Thoughts(named, scored));
        json.WriteStartObject("results");
        json.WriteStartObject("scores");
        for (var i = 0; i < named.Count; i++)
        {
            json.WriteNumber(named[i].Id, scored[i].Result.Score!.Value);
        }

        json.WriteEndObject();
        json.WriteStartArray("best-to-worst");
        // The sort is stable: equal scores stay in the order of the request.
        foreach (var place in Enumerable.Range(0, named.Count).OrderByDescending(i => scored[i].Result.Score!.Value))
        {
            json.WriteStringValue(named[place].Id);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // One text where the judge saw all responses together; where it wrote of each, each under its id.
    private static string Thoughts(IReadOnlyList<NamedResponse> named, IReadOnlyList<ScoredResponse> scored)
    {
        var critiques = named.Zip(scored, (response, got) => (response.Id, Text: got.Result.Judgement?.Critique)).Where(one => one.Text is not null).ToArray();
        return critiques.DistinctBy(one => one.Text).Count() <= 1
            ? critiques.FirstOrDefault().Text ?? ""
            : string.Join("\n\n", critiques.Select(one => $"{one.Id}: {one.Text}"));
    }
}

/// <summary>One request; other fields are ignored. Judges never see the ids, so <c>mask_responses</c> changes nothing.</summary>
internal sealed record RewardAnythingBody
{
    public Utf8Text? Principle { get; init; }

    public Utf8Text? Prompt { get; init; }

    [JsonConverter(typeof(NamedResponsesConverter))]
    public IReadOnlyList<NamedResponse>? Responses { get; init; }

    public bool? MaskResponses { get; init; }
}

/// <summary>A response under the client's id.</summary>
internal readonly record struct NamedResponse(string Id, Utf8Text Text);

/// <summary>Reads an object of texts by id, in the order of the body; an id that comes twice is refused.</summary>
internal sealed class NamedResponsesConverter : JsonConverter<IReadOnlyList<NamedResponse>>
{
    public override IReadOnlyList<NamedResponse> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("expected an object of texts by id");
        }

        var responses = new List<NamedResponse>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var id = reader.GetString()!;
            if (!ids.Add(id))
            {
                throw new JsonException($"the id \"{JsonFault.Shown(id)}\" is given twice; send each response under an id of its own");
            }

            reader.Read();
            responses.Add(new NamedResponse(id, JsonText.Read(ref reader)));
        }

        return responses;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<NamedResponse> value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Responses are only read.");
}
