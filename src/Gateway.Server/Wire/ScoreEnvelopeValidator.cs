using FluentValidation;
using Gateway.Server.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Wire;

/// <summary>Checks names, counts, lengths and ranges of a native request; every failure is reported by its JSON path.</summary>
internal sealed class ScoreEnvelopeValidator : AbstractValidator<ScoreEnvelope>
{
    private const int LongestId = 256;
    private static readonly string[] CacheModes = ["use", "refresh", "off", "only"];

    public ScoreEnvelopeValidator(IOptions<LimitsOptions> limits, IOptions<PatienceOptions> patience)
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
        RuleFor(e => e.Items).Must(items => items is null || items.Sum(item => (long)(item?.Responses?.Count ?? 0)) <= most)
            .OverridePropertyName("items").WithMessage(e =>
                $"it holds {e.Items!.Sum(item => (long)(item?.Responses?.Count ?? 0))} responses; at most {most} a request (Gateway:Limits:ResponsesPerRequest)");
        RuleFor(e => e.Items).Must(items => items is null || items.Count <= most)
            .OverridePropertyName("items").WithMessage(e => $"it holds {e.Items!.Count} items; at most {most} a request (Gateway:Limits:ResponsesPerRequest)")
            .DependentRules(() => RuleForEach(e => e.Items).NotNull().WithMessage("null is not an item")
                .SetValidator(new ItemValidator(limits.Value.MessagesPerItem)!).OverridePropertyName("items")
                .When(e => e.Items?.Sum(item => (long)(item?.Responses?.Count ?? 0)) <= most));
        RuleFor(e => e).Custom(RepeatedIds);
        RuleFor(e => e).SetValidator(new PromptValidator(limits.Value.MessagesPerItem)).When(e => e.IsShort);
        When(e => e.Options is not null, () =>
        {
            RuleFor(e => e.Options!.Hardening).Must(policy => policy is null or "default")
                .OverridePropertyName("options.hardening").WithMessage("no policy has that name; default is the only one");
            RuleFor(e => e.Options!.Cache).Must(cache => cache is null || CacheModes.Contains(cache, StringComparer.Ordinal))
                .OverridePropertyName("options.cache").WithMessage($"it is one of {string.Join(", ", CacheModes)}");
            RuleFor(e => e.Options!.TimeoutMs).InclusiveBetween(1, patience.Value.NativeMost)
                .OverridePropertyName("options.timeout_ms")
                .WithMessage($"it is a number of milliseconds from 1 to {patience.Value.NativeMost} (Gateway:PatienceMs:NativeMost)");
        });
    }

    private static void RepeatedIds(ScoreEnvelope envelope, ValidationContext<ScoreEnvelope> context)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < envelope.Items?.Count; i++)
        {
            if (envelope.Items[i]?.Id is { } id && !seen.TryAdd(id, i))
            {
                context.AddFailure($"items[{i}].id", $"it repeats the id of items[{seen[id]}]; ids are unique in a request");
            }
        }
    }

    /// <summary>One item of the long form.</summary>
    private sealed class ItemValidator : AbstractValidator<EnvelopeItem>
    {
        public ItemValidator(int mostMessages)
        {
            Include(new PromptValidator(mostMessages));
            RuleFor(item => item.Id).MaximumLength(LongestId).OverridePropertyName("id").WithMessage($"it is longer than {LongestId} characters");
            RuleFor(item => item.Responses).Must(responses => responses is { Count: > 0 })
                .OverridePropertyName("responses").WithMessage("send at least one response");
            RuleForEach(item => item.Responses).Must(response => response is not null && (response.HasSteps || response.Text is not null))
                .OverridePropertyName("responses").WithMessage("a response is a text, {\"text\": …} or {\"steps\": […]}");
        }
    }

    /// <summary>The prompt of either form.</summary>
    private sealed class PromptValidator : AbstractValidator<EnvelopeItem>
    {
        public PromptValidator(int mostMessages)
        {
            RuleFor(item => item.Prompt).Must((item, prompt) => (prompt is null) != (item.Messages is null))
                .OverridePropertyName("prompt").WithMessage("send either prompt or messages");
            RuleFor(item => item.Prompt).Must(prompt => prompt is not { IsEmpty: true })
                .OverridePropertyName("prompt").WithMessage("it is empty; send the text that was answered");
            RuleFor(item => item.Messages).Must(messages => messages is null || (messages.Count > 0 && messages.Count <= mostMessages))
                .OverridePropertyName("messages").WithMessage($"send 1 to {mostMessages} messages (Gateway:Limits:MessagesPerItem)");
            When(item => item.Messages?.Count <= mostMessages, () =>
            {
                RuleForEach(item => item.Messages).Must(message => message?.Role is { Length: > 0 and <= WireMessage.LongestRole })
                    .OverridePropertyName("messages").WithMessage($"a message needs a role of 1 to {WireMessage.LongestRole} characters");
                RuleForEach(item => item.Messages).Must(message => message is null or { Content: not null })
                    .OverridePropertyName("messages").WithMessage("a message needs a content, text or text parts");
            });
        }
    }
}
