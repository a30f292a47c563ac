using Gateway.Client;
using Gateway.Core.Scoring;
using Gateway.Server.Judging;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// <c>POST /v1/criteria</c>: what a judge writes for a prompt before it sees a response, criteria, a scale or what the prompt leaves open. It is the text
/// that scoring goes by, made by the same single call, whichever of the two comes first.
/// </summary>
internal sealed class CriteriaProtocol(CriteriaEnvelopeValidator validator, IOptions<PatienceOptions> patience, EnvelopeGuidance guidance, CriteriaWriting writing)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/v1/criteria", NativeProtocol.WriteError, HandleAsync)
            .WithSummary("The criteria, scale or context that a judge generates for prompts")
            .WithTags("Native")
            .DescribeBody<CriteriaCall>()
            .Produces<CriteriaReply>()
            .ProducesErrors(400, 404, 413, 429, 502, 503, 504);

    private async Task HandleAsync(WireCall call)
    {
        var envelope = call.Parse(ScoreEnvelopeReader.Read);
        NativeProtocol.Validate(validator, envelope);
        var entry = call.Model(envelope.Model, fallBack: false);
        var judge = Generator(entry.Model);
        IReadOnlyList<EnvelopeItem?> items = envelope.Items ?? [envelope];
        var options = new ScoreOptions(
            TimeSpan.FromMilliseconds(envelope.Options?.TimeoutMs ?? patience.Value.Native),
            envelope.Options?.Cache is { } cache ? Enum.Parse<CacheUse>(cache, ignoreCase: true) : call.CacheAsked ?? CacheUse.Use,
            IsLocal: call.IsLocal) { Party = call.Party };
        // All faults of the request are found before anybody is asked.
        var prompts = items.Select((item, i) => ToItem(item!, judge, envelope.IsShort ? "$" : $"$.items[{i}]")).ToArray();
        var written = await writing.WriteAsync(entry, judge, prompts, options, call.Aborted);

        Failure[] failures = [.. written.Select(one => one.Failure).OfType<Failure>()];
        call.NoteFailures(failures, written.Length);
        await call.ReplyAsync(
            Reply(judge, items, written), NativeJson.Plain.CriteriaReply,
            failures.Length == written.Length ? ErrorKinds.Gravest([.. failures.Select(failure => failure.Kind)]).Traits().Status : StatusCodes.Status200OK);
    }

    private static ICriteriaModel Generator(IRewardModel model) => model is ICriteriaModel { Generates: true } judge
        ? judge
        : throw new GatewayException(
            ErrorKind.UnsupportedField,
            $"$.model: {model.Name} generates nothing for a prompt; name a judge of a style that goes by criteria.",
            [new FieldError("$.model", "it generates nothing for a prompt; name a judge of a style that goes by criteria")]);

    private ScoreItem ToItem(EnvelopeItem item, ICriteriaModel judge, string path) => new(
        new ItemBody.Conversation(NativeProtocol.Prompt(item), []),
        (guidance.Read(item.Judging, judge, path) ?? new Guidance(null, null, null, GeneratesCriteria: true)) with
        {
            GeneratesCriteria = judge.Guidance.HasFlag(GuidanceFields.GeneratedCriteria),
        });

    private static CriteriaReply Reply(ICriteriaModel judge, IReadOnlyList<EnvelopeItem?> items, WrittenCriteria[] written)
    {
        var (calls, prompt, completion, cost) = written.Aggregate(default(JudgeUsage), (sum, one) => one.Used is { } used ? sum + used.Taken.Usage : sum);
        return new CriteriaReply(
            judge.Name,
            judge.Revision,
            [.. written.Select((one, i) => Reply(judge, items[i]!.Id, one))],
            new ScoreUsage(prompt, written.Count(one => one.Used?.Cached == true), written.Count(one => one.Failure is not null))
            {
                JudgeCalls = calls,
                JudgePromptTokens = prompt,
                JudgeCompletionTokens = completion,
                Cost = cost,
            });
    }

    private static PromptCriteria Reply(ICriteriaModel judge, string? id, WrittenCriteria written) => written switch
    {
        { Used: { Judged: var judged } used } => new PromptCriteria(
            id,
            "ok",
            [.. (judged.Rubric?.Criteria ?? []).Select(criterion => new CriterionReply(criterion.Name, criterion.Question, criterion.Weight, criterion.Choices, criterion.IsPitfall))],
            judged.Rubric?.Scale is { } scale ? new ScaleReply(scale.Lowest, scale.Highest, scale.Descriptions) : null,
            [.. judged.Context.Select(open => new ContextReply(open.Question, open.Answer))],
            used.Digest,
            used.Digest is null ? null : judge.Name,
            used.Cached,
            used.Fallback,
            null),
        { Failure: var failure } => new PromptCriteria(id, "failed", [], null, [], null, null, false, null, new ErrorReply(failure!.Kind.Traits().Name, failure.Message)),
    };
}
