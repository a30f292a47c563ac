using System.Text.Json;
using FluentValidation;
using Gateway.Client;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>The gateway's own dialect: <c>POST /v1/score</c>, each response its score or its failure, errors as problem details.</summary>
internal sealed class NativeProtocol(IValidator<ScoreEnvelope> validator, IOptions<PatienceOptions> patience)
{
    private const int FaultsListed = 100;

    /// <summary>Maps the dialect's routes.</summary>
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapWire("/v1/score", WriteError, HandleAsync)
            .WithSummary("Score responses")
            .WithTags("Native")
            .DescribeBody<ScoreCall>()
            .Produces<ScoreReply>()
            .ProducesErrors(400, 404, 413, 429, 500, 503, 504);

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
        var envelope = call.Parse(NativeJson.Default.ScoreEnvelope);
        Validate(envelope);
        call.NameRun(envelope.Options?.Run);
        var entry = call.Model(envelope.Model, fallBack: false);
        var items = envelope.AllItems;
        var scored = await call.ScoreAsync(
            new ScoreRequest(entry.Model.Name, [.. items.Select((item, i) => ToItem(item!, Path(envelope, i)))], Options(envelope)),
            bodySaysCache: envelope.Options?.Cache is not null);
        var failures = scored.Responses.Where(response => !response.Result.IsScore).Select(response => response.Result.Failure!.Kind).ToArray();
        var status = failures.Length == scored.Responses.Count() ? ErrorKinds.Gravest(failures).Traits().Status : StatusCodes.Status200OK;
        call.NoteFailures(scored);
        call.NameActivation("none");
        await call.ReplyAsync(ToReply(items, scored, failures.Length, envelope.Options?.Explain ?? false), NativeJson.Plain.ScoreReply, status);
    }

    private void Validate(ScoreEnvelope envelope)
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

    private ScoreOptions Options(ScoreEnvelope envelope) => new(
        TimeSpan.FromMilliseconds(envelope.Options?.TimeoutMs ?? patience.Value.Native),
        envelope.Options?.Cache is { } cache ? Enum.Parse<CacheUse>(cache, ignoreCase: true) : CacheUse.Use);

    private static string Path(ScoreEnvelope envelope, int item) => envelope.IsShort ? "$" : $"$.items[{item}]";

    private static ScoreItem ToItem(EnvelopeItem item, string path)
    {
        var unsupported = item switch
        {
            { Reference: not null } => "reference",
            { Principle: not null } => "principle",
            { Rubric: not null } => "rubric",
            { Criteria: not null } => "criteria",
            _ when item.Responses!.Exists(response => response!.HasSteps) => "responses[].steps",
            _ => null,
        };
        if (unsupported is not null)
        {
            throw new GatewayException(
                ErrorKind.UnsupportedField,
                $"{path}.{unsupported}: a scalar reward model cannot use it; leave it out.",
                [new FieldError($"{path}.{unsupported}", "a scalar reward model cannot use it")]);
        }

        IReadOnlyList<Message> prompt = item.Messages is null
            ? [new Message(Message.User, item.Prompt!.Value)]
            : [.. item.Messages.Select(message => new Message(message!.Role!, message.Content!.Value.Text))];
        return new ScoreItem(new ItemBody.Conversation(prompt, [.. item.Responses!.Select(response => response!.Text!.Value)]));
    }

    private static ScoreReply ToReply(IReadOnlyList<EnvelopeItem?> items, ScoredRequest scored, int failed, bool explain) => new(
        scored.Model.Name,
        scored.Model.Revision,
        [.. items.Select((item, i) => ToReply(item!.Id, scored.Items[i], explain))],
        new ScoreUsage(scored.Tokens, scored.Responses.Count(response => response.IsCached), failed));

    private static ItemReply ToReply(string? id, IReadOnlyList<ScoredResponse> responses, bool explain)
    {
        // OrderBy is stable, so equal scores stay in the order of their indices.
        var ranking = Enumerable.Range(0, responses.Count)
            .Where(i => responses[i].Result.IsScore)
            .OrderByDescending(i => responses[i].Result.Score!.Value)
            .ToArray();
        IReadOnlyList<int>[] ties = ranking.Length < 2
            ? []
            : [.. ranking.GroupBy(i => responses[i].Result.Score!.Value).Where(group => group.Count() > 1).Select(group => (IReadOnlyList<int>)[.. group])];
        return new ItemReply(id, ranking, ties, [.. responses.Select(response => ToReply(response, explain))]);
    }

    private static ResponseScore ToReply(ScoredResponse response, bool explain)
    {
        var findings = response.Findings.Count == 0 ? [] : response.Findings.Select(ToReply).ToArray();
        if (!response.Result.IsScore)
        {
            var failure = response.Result.Failure;
            return new ResponseScore { Status = "failed", Findings = findings, Error = new ErrorReply(failure.Kind.Traits().Name, failure.Message) };
        }

        var score = response.Result.Score;
        return new ResponseScore
        {
            Status = "ok",
            Score = score.Value,
            Steps = score.Steps,
            Cached = response.IsCached,
            Truncated = score.Truncated,
            Tokens = score.Tokens,
            Findings = findings,
            TimingMs = explain
                ? new TimingReply(
                    score.Timings.Queue.TotalMilliseconds,
                    score.Timings.Encode.TotalMilliseconds,
                    score.Timings.Run.TotalMilliseconds,
                    score.Timings.Upstream.TotalMilliseconds)
                : null,
        };
    }

    private static FindingReply ToReply(HardeningFinding finding) =>
        new(finding.Rule, finding.Action.ToString().ToLowerInvariant(), finding.Field, finding.At, finding.Detail);
}
