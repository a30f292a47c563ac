using FluentValidation;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>Checks names, counts, lengths and ranges of a native request; every failure is reported by its JSON path.</summary>
internal sealed class ScoreEnvelopeValidator : AbstractValidator<ScoreEnvelope>
{
    private static readonly string[] Pairings = ["default", "all", "circular"];
    private static readonly string[] Switches = ["on", "off"];

    public ScoreEnvelopeValidator(IOptions<LimitsOptions> limits, IOptions<PatienceOptions> patience, HardeningPolicies policies)
    {
        var most = limits.Value.ResponsesPerRequest;
        RuleFor(e => e.Items).Must((e, items) => items is null || (e.Prompt is null && e.Messages is null && e.Response is null))
            .OverridePropertyName("items").WithMessage("give either items or the short form prompt and response, not both");
        RuleFor(e => e.Response).NotNull().When(e => e.IsShort)
            .OverridePropertyName("response").WithMessage("it is missing; send items, or prompt and response");
        RuleFor(e => e.Id).Null().OverridePropertyName("id").WithMessage("only items have an id; send items");
        RuleFor(e => e.Responses).Null().OverridePropertyName("responses").WithMessage("only items have responses; send items, or response");
        RuleFor(e => e.Items).Must(items => items is not { Count: 0 })
            .OverridePropertyName("items").WithMessage("it is empty; send at least one item");
        RuleFor(e => e.Items).Must(items => Responses(items) <= most)
            .OverridePropertyName("items").WithMessage(e => $"it holds {Responses(e.Items)} responses; at most {most} a request (Gateway:Limits:ResponsesPerRequest)");
        RuleFor(e => e.Items).Must(items => items is null || items.Count <= most)
            .OverridePropertyName("items").WithMessage(e => $"it holds {e.Items!.Count} items; at most {most} a request (Gateway:Limits:ResponsesPerRequest)");
        var rules = new EnvelopeItemRules(limits.Value.MessagesPerItem);
        RuleFor(e => e).Custom(rules.CheckItems).When(e => e.Items?.Count <= most && Responses(e.Items) <= most);
        RuleFor(e => e).Custom(EnvelopeItemRules.CheckIds);
        RuleFor(e => e).Custom(rules.CheckShort);
        When(e => e.Options is not null, () =>
        {
            RuleFor(e => e.Options!.Hardening).Must(policy => policy is null || policies.Names.Contains(policy, StringComparer.Ordinal))
                .OverridePropertyName("options.hardening").WithMessage($"no policy has that name; known are {string.Join(", ", policies.Names)}");
            RuleFor(e => e.Options!.Cache).IsCacheMode();
            RuleFor(e => e.Options!.Pairing).Must(pairing => pairing is null || Pairings.Contains(pairing, StringComparer.Ordinal))
                .OverridePropertyName("options.pairing").WithMessage($"it is one of {string.Join(", ", Pairings)}");
            RuleFor(e => e.Options!.Controls).Must(controls => controls is null || Switches.Contains(controls, StringComparer.Ordinal))
                .OverridePropertyName("options.controls").WithMessage($"it is one of {string.Join(", ", Switches)}");
            RuleFor(e => e.Options!.TimeoutMs).IsPatience(patience.Value);
        });
    }

    private static long Responses(List<EnvelopeItem?>? items)
    {
        var responses = 0L;
        for (var i = 0; i < items?.Count; i++)
        {
            responses += items[i]?.Responses?.Length ?? 0;
        }

        return responses;
    }
}
