using FluentValidation;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>Checks a request for criteria: the envelope of a native request without anything that is there once there are responses.</summary>
internal sealed class CriteriaEnvelopeValidator : AbstractValidator<ScoreEnvelope>
{
    private const string Unseen = "criteria are written before any response is seen; leave it out";

    private readonly EnvelopeItemRules _rules;

    public CriteriaEnvelopeValidator(IOptions<LimitsOptions> limits, IOptions<PatienceOptions> patience)
    {
        _rules = new EnvelopeItemRules(limits.Value.MessagesPerItem);
        var most = limits.Value.ResponsesPerRequest;
        RuleFor(e => e.Items).Must((e, items) => items is null || e is { Prompt: null, Messages: null, Judging: null })
            .OverridePropertyName("items").WithMessage("give either items or the short form of one prompt, not both");
        RuleFor(e => e.Items).Must(items => items is not { Count: 0 }).OverridePropertyName("items").WithMessage("it is empty; send at least one item");
        RuleFor(e => e.Items).Must(items => !(items?.Count > most))
            .OverridePropertyName("items").WithMessage(e => $"it holds {e.Items!.Count} items; at most {most} a request (Gateway:Limits:ResponsesPerRequest)");
        RuleFor(e => e.Id).Null().OverridePropertyName("id").WithMessage("only items have an id; send items");
        RuleFor(e => e).Custom(EnvelopeItemRules.CheckIds);
        RuleFor(e => e).Custom(CheckItems).When(e => !(e.Items?.Count > most));
        When(e => e.Options is not null, () =>
        {
            RuleFor(e => e.Options!.Cache).IsCacheMode();
            RuleFor(e => e.Options!.TimeoutMs).IsPatience(patience.Value);
            RuleFor(e => e.Options!).Must(options => options with { Cache = null, TimeoutMs = null } == new EnvelopeOptions())
                .OverridePropertyName("options").WithMessage("only cache and timeout_ms say anything here; leave the others out");
        });
    }

    private void CheckItems(ScoreEnvelope envelope, ValidationContext<ScoreEnvelope> context)
    {
        if (envelope.Response is not null)
        {
            EnvelopeItemRules.Fail(context, null, "response", Unseen);
        }

        if (envelope.IsShort)
        {
            Check(envelope, null, context);
        }
        else if (envelope.Responses is not null)
        {
            EnvelopeItemRules.Fail(context, null, "responses", Unseen);
        }

        for (var i = 0; i < envelope.Items?.Count; i++)
        {
            if (envelope.Items[i] is { } item)
            {
                Check(item, i, context);
            }
            else
            {
                context.AddFailure($"items[{i}]", "null is not an item");
            }
        }
    }

    private void Check(EnvelopeItem item, int? index, ValidationContext<ScoreEnvelope> context)
    {
        _rules.CheckPrompt(item, index, context);
        (string Field, bool Given)[] unseen =
        [
            ("responses", item.Responses is not null), ("reference", item.Judging?.Reference is not null), ("rubric", item.Judging?.Rubric is not null),
            ("criteria", item.Judging?.Criteria is not null),
        ];
        foreach (var (field, _) in unseen.Where(one => one.Given))
        {
            EnvelopeItemRules.Fail(context, index, field, field is "rubric" or "criteria" ? "criteria are generated here; leave it out" : Unseen);
        }
    }
}
