using Gateway.Client;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Judging;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>
/// <c>POST /v1/criteria</c>: what a judge that generates criteria goes by for a prompt. It is the text that scoring goes by, made by the same single
/// call, whichever of the two comes first.
/// </summary>
internal sealed class CriteriaProtocol(
    CriteriaEnvelopeValidator validator, IOptions<PatienceOptions> patience, EnvelopeGuidance guidance, HardeningStep hardening, TimeProvider clock)
{
    /// <summary>Maps the route.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/v1/criteria", NativeProtocol.WriteError, HandleAsync)
            .WithSummary("The criteria that a judge generates for prompts")
            .WithTags("Native")
            .DescribeBody<CriteriaCall>()
            .Produces<CriteriaReply>()
            .ProducesErrors(400, 404, 413, 429, 502, 503, 504);

    private async Task HandleAsync(WireCall call)
    {
        var envelope = call.Parse(ScoreEnvelopeReader.Read);
        NativeProtocol.Validate(validator, envelope);
        var model = Generator(call.Model(envelope.Model, fallBack: false).Model);
        IReadOnlyList<EnvelopeItem?> items = envelope.Items ?? [envelope];
        var options = new ScoreOptions(
            TimeSpan.FromMilliseconds(envelope.Options?.TimeoutMs ?? patience.Value.Native),
            envelope.Options?.Cache is { } cache ? Enum.Parse<CacheUse>(cache, ignoreCase: true) : call.CacheAsked ?? CacheUse.Use,
            IsLocal: call.IsLocal);
        // All faults of the request are found before anybody is asked.
        var prompts = items.Select((item, i) => ToItem(item!, model, envelope.IsShort ? "$" : $"$.items[{i}]")).ToArray();
        var hardener = hardening.For(model, options);
        using var waits = new CancellationTokenSource(options.Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waits.Token, call.Aborted);
        var deadline = new Deadline(options.Patience, clock) { Party = call.Party };
        var found = await Task.WhenAll(prompts.Select(prompt => FindAsync(model, hardener.Harden(prompt, model.Template), options.Cache, deadline, either.Token)));

        Failure[] failures = [.. found.Select(one => one.Failure).OfType<Failure>()];
        call.NoteFailures(failures, found.Length);
        await call.ReplyAsync(
            Reply(model, items, found), NativeJson.Plain.CriteriaReply,
            failures.Length == found.Length ? ErrorKinds.Gravest([.. failures.Select(failure => failure.Kind)]).Traits().Status : StatusCodes.Status200OK);
    }

    private static ICriteriaModel Generator(IRewardModel model) => model is ICriteriaModel judge && model.Guidance.HasFlag(GuidanceFields.GeneratedCriteria)
        ? judge
        : throw new GatewayException(
            ErrorKind.UnsupportedField,
            $"$.model: {model.Name} generates no criteria; name a judge of a style that goes by criteria.",
            [new FieldError("$.model", "it generates no criteria; name a judge of a style that goes by criteria")]);

    private ScoreItem ToItem(EnvelopeItem item, ICriteriaModel model, string path) => new(
        new ItemBody.Conversation(NativeProtocol.Prompt(item), []),
        (guidance.Read(item.Judging, model, path) ?? new Guidance(null, null, null, GeneratesCriteria: true)) with { GeneratesCriteria = true });

    private static async Task<Found> FindAsync(
        ICriteriaModel model, HardenedItem item, CacheUse cache, Deadline deadline, CancellationToken cancellation)
    {
        try
        {
            return new Found(await model.CriteriaAsync(item, cache, deadline, cancellation), null);
        }
        catch (OperationCanceledException)
        {
            return new Found(null, new Failure(ErrorKind.TimedOut, "The deadline passed before there were criteria for this prompt."));
        }
        catch (GatewayException fault)
        {
            return new Found(null, new Failure(fault.Kind, $"{model.Name}: {fault.Message}") { RetryAfter = fault.RetryAfter });
        }
    }

    private static CriteriaReply Reply(ICriteriaModel model, IReadOnlyList<EnvelopeItem?> items, Found[] found)
    {
        var taken = found.Aggregate(default(JudgeUsage), (sum, one) => one.Used is { } used ? sum + used.Taken.Usage : sum);
        var (calls, prompt, completion, cost) = taken;
        return new CriteriaReply(
            model.Name,
            model.Revision,
            [.. found.Select((one, i) => Reply(model, items[i]!.Id, one))],
            new ScoreUsage(prompt, found.Count(one => one.Used?.Cached == true), found.Count(one => one.Failure is not null))
            {
                JudgeCalls = calls,
                JudgePromptTokens = prompt,
                JudgeCompletionTokens = completion,
                Cost = cost,
            });
    }

    private static PromptCriteria Reply(ICriteriaModel model, string? id, Found found) => found switch
    {
        { Used: { } used } => new PromptCriteria(
            id,
            "ok",
            [.. used.Judged.Rubric!.Criteria.Select(criterion => new CriterionReply(criterion.Name, criterion.Question, criterion.Weight, criterion.Choices, criterion.IsPitfall))],
            used.Digest,
            used.Fallback is null ? model.Name : null,
            used.Cached,
            used.Fallback,
            null),
        { Failure: var failure } => new PromptCriteria(id, "failed", [], null, null, false, null, new ErrorReply(failure!.Kind.Traits().Name, failure.Message)),
    };

    private sealed record Found(Generated? Used, Failure? Failure);
}
