using System.Text.Json;
using Gateway.Core.Aggregation;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// NeMo Gym's resources servers: <c>POST /verify {"responses_create_params", "response", …}</c> → the same object with <c>reward</c>, and of its GenRM server
/// <c>POST /compare {"conversation_history", "response_objs", "principle"}</c> → <c>{"rewards", "comparison_results", "metrics"}</c>. Errors are FastAPI's
/// <c>{"detail"}</c>; clients retry no status, but a lost connection for ever.
/// </summary>
internal sealed class NemoGymProtocol(IOptions<PatienceOptions> patience, IOptions<LimitsOptions> limits, IOptions<NemoGymOptions> options, ModelRegistry models, TimeProvider clock)
{
    private readonly ScoreOptions _options = new(TimeSpan.FromMilliseconds(patience.Value.NemoGym), Pairing: options.Value.Pairing);
    private readonly GymCohorts? _cohorts = options.Value.RolloutsPerPrompt > 1
        ? new GymCohorts(options.Value.RolloutsPerPrompt, TimeSpan.FromMilliseconds(patience.Value.NemoGym), clock)
        : null;

    private readonly int _mostMessages = limits.Value.MessagesPerItem;
    private readonly int _mostResponses = limits.Value.ResponsesPerRequest;

    /// <summary>Maps the dialect's routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        MapOn(routes);
        // Clients that observe their rollouts (observability_enabled) put each one's id before the path.
        MapOn(routes.MapGroup("/ng-rollout/{rollout}").ExcludeFromDescription());
    }

    /// <summary>Checks that the rollouts of a prompt can be judged together at every model that sees responses together.</summary>
    /// <exception cref="StartupException">At some they cannot; all are listed.</exception>
    public void Check()
    {
        var size = options.Value.RolloutsPerPrompt;
        var cohort = new ScoreItem(new ItemBody.Conversation([], [.. Enumerable.Range(0, size).Select(i => new Utf8Text($"{i}"))]));
        string[] problems = [.. size == 1 ? [] : models.Entries.Select(entry => entry.Model).Where(model => model.Granularity != Granularity.Pointwise)
            .Select(model => ProblemOf(model, cohort)).OfType<string>().Select(problem => $"{NemoGymOptions.Section}:RolloutsPerPrompt is {size}: {problem}")];
        if (problems.Length > 0)
        {
            throw new StartupException(problems);
        }
    }

    private void MapOn(IEndpointRouteBuilder routes)
    {
        routes.MapWire("/verify", WireReply.Detail, VerifyAsync).WithSummary("NeMo Gym's verification of a rollout").WithTags("Dialects");
        routes.MapWire("/compare", WireReply.Detail, CompareAsync).WithSummary("NeMo Gym's comparison of responses").WithTags("Dialects");
        // Agents ask both of a resources server; a gateway has no sessions, and judges again without any.
        routes.MapPost("/seed_session", () => TypedResults.Json(new Dictionary<string, string>())).WithSummary("NeMo Gym's start of a rollout").WithTags("Dialects");
        routes.MapGet("/reverify_mode", () => TypedResults.Json("stateless")).WithSummary("NeMo Gym's question whether rollouts can be judged again").WithTags("Dialects");
    }

    private string? ProblemOf(IRewardModel model, ScoreItem cohort)
    {
        try
        {
            var together = ItemPlan.Split([cohort], model.Granularity, options.Value.Pairing).Units.Sum(unit => (long)unit.Body.ResponseCount) * model.Voices;
            return together > limits.Value.ItemsInFlight
                ? $"judged together at {model.Name}, so many are {together} responses, and {LimitsOptions.Section}:ItemsInFlight is {limits.Value.ItemsInFlight}, so no prompt could ever be judged; raise that, or lower RolloutsPerPrompt."
                : null;
        }
        catch (GatewayException fault)
        {
            return $"{model.Name} cannot compare so many: {fault.Message}";
        }
    }

    private async Task VerifyAsync(WireCall call)
    {
        var body = GymRollout.Parse(call);
        call.NameRun(body.TrainingRun);
        var model = call.Model(named: null, fallBack: true).Model;
        var result = await ResultAsync(call, model, body);
        if (ScoredRequest.WhyNone(result) is { } failure)
        {
            throw new GatewayException(failure.Kind, $"$.response: {failure.Message}", retryAfter: failure.RetryAfter);
        }

        call.NameActivation("none");
        await call.ReplyAsync(json => body.Write(json, result.Score!));
    }

    private async Task<ScoreResult> ResultAsync(WireCall call, IRewardModel model, GymRollout body)
    {
        var item = Item(body, model);
        var request = new ScoreRequest(model.Name, [item], _options);
        if (_cohorts is null || model.Granularity == Granularity.Pointwise)
        {
            return (await call.ScoreAsync(request)).Items[0][0].Result;
        }

        var alone = (ItemBody.Conversation)item.Body;
        var own = await _cohorts.JoinAsync(
            body.CohortOf(model.Name, call.Party, item),
            new GymSibling(body.NumberInTask, alone.Responses[0].ToOwned()),
            async (responses, cancellation) => (await call.ScoreForAllAsync(request with { Items = [item with { Body = alone with { Responses = responses } }] }, cancellation)).Items[0],
            call.Aborted);
        call.Describe(own);
        return own.Result;
    }

    private ScoreItem Item(GymRollout body, IRewardModel model)
    {
        var parameters = body.ResponsesCreateParams ?? throw JsonFault.At("$.responses_create_params", "it is missing; send what the policy was asked.");
        var prompt = new List<Message>();
        if (parameters.Instructions is { } instructions)
        {
            prompt.Add(new Message("system", instructions));
        }

        prompt.AddRange((parameters.Input ?? throw JsonFault.At("$.responses_create_params.input", "it is missing; send a text or messages.")).ToCore("$.responses_create_params.input", _mostMessages));
        var response = body.Response ?? throw JsonFault.At("$.response", "it is missing; send the policy's response.");
        return new ScoreItem(
            new ItemBody.Conversation(prompt, [response.TextOf("$.response")]),
            TextGuidance.Of(
                TextGuidance.ReferenceOf(body.ExpectedAnswer, model, "$.expected_answer") ?? TextGuidance.ReferenceOf(body.GroundTruth, model, "$.ground_truth"),
                TextGuidance.PrincipleOf(body.Principle, model, "$.principle")));
    }

    private async Task CompareAsync(WireCall call)
    {
        var body = call.Parse(DialectJson.Default.GymComparison);
        var history = body.ConversationHistory ?? throw JsonFault.At("$.conversation_history", "it is missing; send the turns before the responses.");
        var responses = body.ResponseObjs ?? throw JsonFault.At("$.response_objs", "it is missing; send the responses to compare.");
        if (responses.Count < 2 || responses.Count > _mostResponses)
        {
            throw JsonFault.At("$.response_objs", $"{responses.Count} responses; send 2 to {_mostResponses} (Gateway:Limits:ResponsesPerRequest): a reward is what a comparison gives.");
        }

        var model = call.Model(named: null, fallBack: true).Model;
        var item = new ScoreItem(
            new ItemBody.Conversation(
                WireMessage.ToCore(history, "$.conversation_history", _mostMessages),
                [.. responses.Select((response, i) => (response ?? throw JsonFault.At($"$.response_objs[{i}]", "null is not a response.")).TextOf($"$.response_objs[{i}]"))]),
            TextGuidance.Of(null, TextGuidance.PrincipleOf(body.Principle, model, "$.principle")));
        var scored = await call.ScoreAsync(new ScoreRequest(model.Name, [item], _options));
        var rewards = scored.ScoresOrThrow(at => $"$.response_objs[{at}]");
        call.NameActivation("none");
        await call.ReplyAsync(json => Write(json, rewards, scored.Comparisons?[0]));
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Score> rewards, IReadOnlyList<Comparison>? comparisons)
    {
        json.WriteStartObject();
        json.WriteStartArray("rewards");
        foreach (var reward in rewards)
        {
            json.WriteNumberValue(reward.Value);
        }

        json.WriteEndArray();
        if (comparisons is null)
        {
            json.WriteNull("comparison_results");
            json.WriteNull("metrics");
        }
        else
        {
            WriteComparisons(json, comparisons);
            WriteMetrics(json, comparisons);
        }

        json.WriteEndObject();
    }

    // Every response has a reward, so no comparison failed; one without a verdict has no numbers, and counts for none.
    private static void WriteComparisons(Utf8JsonWriter json, IReadOnlyList<Comparison> comparisons)
    {
        json.WriteStartArray("comparison_results");
        foreach (var comparison in comparisons)
        {
            json.WriteStartObject();
            json.WriteNumber("response_i", comparison.A);
            json.WriteNumber("response_j", comparison.B);
            json.WriteNumber("judge_idx", 0);
            if (comparison.OfA.IsScore)
            {
                json.WriteNumber("score_1", comparison.ShareOf(comparison.A));
                json.WriteNumber("score_2", comparison.ShareOf(comparison.B));
            }
            else
            {
                json.WriteNull("score_1");
                json.WriteNull("score_2");
            }

            json.WriteNull("ranking");
            json.WriteString("verdict", comparison.Verdict?.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteMetrics(Utf8JsonWriter json, IReadOnlyList<Comparison> comparisons)
    {
        double[] shares = [.. comparisons.Where(one => one.OfA.IsScore).SelectMany(one => new[] { one.ShareOf(one.A), one.ShareOf(one.B) })];
        json.WriteStartObject("metrics");
        json.WriteNumber("mean_individual_score", Spread.Mean(shares));
        json.WriteNumber("std_individual_score", Spread.Deviation(shares));
        json.WriteNumber("tie_rate", comparisons.Count(one => one.Verdict == Preference.Tie) / (double)comparisons.Count);
        json.WriteNumber("undecided_rate", comparisons.Count(one => one.Verdict == Preference.Undecided) / (double)comparisons.Count);
        json.WriteEndObject();
    }
}
