using Gateway.Core.Hardening.Folding;
using Gateway.Core.Scoring;

namespace Gateway.Core.Hardening;

/// <summary>Looks at every text of an item with every rule that its policy asks; the only maker of <see cref="HardenedItem"/>.</summary>
public sealed class Hardener
{
    private const string Response = "response";

    private readonly HardeningPolicy _policy;
    private readonly IHardeningRule[][] _rules;

    /// <summary>Makes a hardener of these rules.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="policy">What is done about findings; null is <see cref="HardeningPolicy.Default"/>.</param>
    /// <param name="floor">The score that a floored response gets; null makes floors flags.</param>
    /// <exception cref="ArgumentException">Two rules have the same name.</exception>
    public Hardener(IEnumerable<IHardeningRule> rules, HardeningPolicy? policy = null, double? floor = null)
    {
        IHardeningRule[] all = [.. rules.OrderBy(rule => rule.Name, StringComparer.Ordinal)];
        var twice = all.GroupBy(rule => rule.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"Two hardening rules are named '{twice.Key}'; register it once.", nameof(rules));
        }

        _policy = policy ?? HardeningPolicy.Default;
        Floor = floor;
        PolicyDigest = _policy.Digest(all, floor);
        var asked = all.Where(rule => _policy.For(rule) != RuleActions.Always(HardeningAction.Off)).ToArray();
        _rules = [.. Enum.GetValues<HardeningScope>().Select(scope => asked.Where(rule => rule.Scope >= scope).ToArray())];
    }

    /// <summary>A digest of the rules and their versions, the policy's actions and the floor.</summary>
    public string PolicyDigest { get; }

    /// <summary>The score that a floored response gets; null where the deployment declares none.</summary>
    public double? Floor { get; }

    /// <summary>One cacheable unit under this policy, not looked at yet: what names its score.</summary>
    public ItemUnderPolicy Under(ScoreItem unit) => new(unit, PolicyDigest);

    /// <summary>Inspects one cacheable unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="template">The model's chat template, to find what the policy wrote in templated text.</param>
    public HardenedItem Harden(ScoreItem unit, ChatTemplate? template)
    {
        var findings = new FindingList(_policy, Floor is not null, unit.Body.ResponseCount == 1);
        switch (unit.Body)
        {
            case ItemBody.Conversation conversation:
                Inspect(conversation, findings);
                break;
            case ItemBody.Templated templated:
                Inspect(templated, template, findings);
                break;
        }

        FoldingMemory.Outer.Trim();
        return new HardenedItem(unit, PolicyDigest, findings.Kept);
    }

    private void Inspect(ItemBody.Conversation conversation, FindingList findings)
    {
        // Responses first, so that a prompt full of findings cannot crowd theirs out.
        var (prompt, responses) = conversation;
        for (var i = 0; i < responses.Count; i++)
        {
            Inspect(new HardeningField(responses.Count == 1 ? Response : $"responses[{i}]", responses[i].Span, HardeningScope.Responses)
            {
                Prompt = prompt.Count == 0 ? default : prompt[^1].Content.Span,
            }, findings);
        }

        for (var i = 0; i < prompt.Count; i++)
        {
            var (role, content) = prompt[i];
            Inspect(new HardeningField(NameOf(i), content.Span, IsUntrusted(role) ? HardeningScope.Untrusted : HardeningScope.Everything)
            {
                Prompt = i == 0 ? default : prompt[i - 1].Content.Span,
            }, findings);
        }
    }

    private void Inspect(ItemBody.Templated templated, ChatTemplate? template, FindingList findings)
    {
        var text = templated.Text.Span;
        var (_, start, length) = template?.FindResponse(templated) ?? (-1, -1, 0);
        if (start < 0)
        {
            Inspect(new HardeningField("text", text, HardeningScope.Responses, isParsed: true), findings);
            return;
        }

        Inspect(new HardeningField(Response, text.Slice(start, length), HardeningScope.Responses)
        {
            Prompt = text[..start],
            AssistantTurns = templated.Prompt is null ? template!.CountAssistantTurns(text) : 0,
        }, findings);
    }

    private void Inspect(HardeningField field, FindingList findings)
    {
        var rules = _rules[(int)field.Scope];
        if (field.Scope != HardeningScope.Everything && rules.Length > 0)
        {
            field = field with { Folded = FoldingMemory.Outer.Fold(field.Text, Lexicon.Terms) };
        }

        foreach (var rule in rules)
        {
            findings.Ask(rule, field);
        }
    }

    private static bool IsUntrusted(string role) => role is not ("user" or "system" or "developer");

    private static string NameOf(int message) => message < Names.Length ? Names[message] : $"messages[{message}]";

    private static readonly string[] Names = [.. Enumerable.Range(0, 64).Select(i => $"messages[{i}]")];
}
