using System.Text.Json;
using FluentValidation;
using Gateway.Client;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>The gateway's own dialect: <c>POST /v1/score</c>, each response its score or its failure, errors as problem details.</summary>
internal sealed class NativeProtocol(IValidator<ScoreEnvelope> validator, IOptions<PatienceOptions> patience, EnvelopeGuidance guidance)
{
    private const int FaultsListed = 100;

    /// <summary>Maps the dialect's routes.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/v1/score", WriteError, HandleAsync)
            .WithSummary("Score responses")
            .WithTags("Native")
            .DescribeBody<ScoreCall>()
            .Produces<ScoreReply>()
            .ProducesErrors(400, 403, 404, 413, 429, 500, 503, 504);

    /// <summary>An error of a native route.</summary>
    public static WireReply WriteError(GatewayException e)
    {
        var (name, status, _, _) = e.Kind.Traits();
        var problem = new Problem(
            $"urn:reward-gateway:{name}",
            name.Replace('_', ' '),
            status,
            e.Message,
            name,
            e.Errors.Count == 0 ? null : [.. e.Errors.Select(error => new ProblemError(error.Path, error.Message))]);
        return new WireReply(status, "application/problem+json", JsonSerializer.SerializeToUtf8Bytes(problem, NativeJson.Plain.Problem));
    }

    private async Task HandleAsync(WireCall call)
    {
        var envelope = call.Parse(ScoreEnvelopeReader.Read);
        Validate(validator, envelope);
        call.NameRun(envelope.Options?.Run);
        var entry = call.Model(envelope.Model, fallBack: false);
        var items = envelope.AllItems;
        var scored = await call.ScoreAsync(
            new ScoreRequest(entry.Model.Name, ToItems(envelope, items, entry.Model), Options(envelope, call.IsLocal)), bodySaysCache: envelope.Options?.Cache is not null);
        call.NoteFailures(scored);
        call.NameActivation("none");
        var explain = envelope.Options?.Explain ?? false;
        await call.ReplyAsync(json => new ScoreReplyWriter(json, explain).Write(scored, items), Status(scored));
    }

    private static int Status(ScoredRequest scored) => scored.Totals.Failed == 0 || scored.Totals.Failed < scored.Totals.Responses
        ? StatusCodes.Status200OK
        : ErrorKinds.Gravest([.. scored.Responses.Select(response => response.Result.Failure!.Kind)]).Traits().Status;

    /// <summary>Refuses an envelope with every fault that a validator finds.</summary>
    /// <exception cref="GatewayException">It finds some.</exception>
    public static void Validate(IValidator<ScoreEnvelope> validator, ScoreEnvelope envelope)
    {
        var result = validator.Validate(envelope);
        if (result.IsValid)
        {
            return;
        }

        var faults = result.Errors.Select(error => new FieldError("$." + error.PropertyName, error.ErrorMessage)).ToList();
        var more = faults.Count > 1 ? $" ({faults.Count} faults)" : "";
        throw new GatewayException(
            ErrorKind.InvalidRequest, $"{faults[0].Path}: {faults[0].Message}{more}.", faults.Count > FaultsListed ? faults[..FaultsListed] : faults);
    }

    private ScoreOptions Options(ScoreEnvelope envelope, bool isLocal) => new(
        TimeSpan.FromMilliseconds(envelope.Options?.TimeoutMs ?? patience.Value.Native),
        envelope.Options?.Cache is { } cache ? Enum.Parse<CacheUse>(cache, ignoreCase: true) : CacheUse.Use,
        envelope.Options?.Hardening,
        isLocal,
        envelope.Options?.Pairing is { } pairing ? Enum.Parse<Pairing>(pairing, ignoreCase: true) : Pairing.Default,
        Controls: envelope.Options?.Controls is { } controls ? controls == "on" : null);

    private ScoreItem[] ToItems(ScoreEnvelope envelope, IReadOnlyList<EnvelopeItem?> items, IRewardModel model)
    {
        var all = new ScoreItem[items.Count];
        for (var i = 0; i < all.Length; i++)
        {
            var item = items[i]!;
            if (item.Odd is not null)
            {
                var steps = $"{PathOf(i)}.responses[].steps";
                throw new GatewayException(ErrorKind.UnsupportedField, $"{steps}: a scalar reward model cannot use it; leave it out.", [new FieldError(steps, "a scalar reward model cannot use it")]);
            }

            all[i] = new ScoreItem(new ItemBody.Conversation(Prompt(item), item.Responses!), item.Judging is null ? null : guidance.Read(item.Judging, model, PathOf(i)));
        }

        return all;

        string PathOf(int item) => envelope.IsShort ? "$" : $"$.items[{item}]";
    }

    /// <summary>An item's turns before the response.</summary>
    public static Message[] Prompt(EnvelopeItem item) => item.Messages is null
        ? [item.Prompt!]
        : [.. item.Messages.Select(message => new Message(message!.Value.Role!, message.Value.Content!.Value.Text))];
}
