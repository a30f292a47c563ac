using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Core.Hardening;

/// <summary>Looks at every text of an item with every rule; the only maker of <see cref="HardenedItem"/>.</summary>
public sealed class Hardener
{
    private readonly IHardeningRule[] _rules;

    /// <summary>Makes a hardener of these rules.</summary>
    /// <exception cref="ArgumentException">Two rules have the same name.</exception>
    public Hardener(IEnumerable<IHardeningRule> rules)
    {
        _rules = [.. rules.OrderBy(rule => rule.Name, StringComparer.Ordinal)];
        var twice = _rules.GroupBy(rule => rule.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new ArgumentException($"Two hardening rules are named '{twice.Key}'; register it once.", nameof(rules));
        }

        var canonical = string.Join(';', _rules.Select(rule => $"{rule.Name}@{rule.Version}"));
        PolicyDigest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))[..16];
    }

    /// <summary>A digest of the rules and their versions.</summary>
    public string PolicyDigest { get; }

    /// <summary>Inspects one cacheable unit.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="template">The model's chat template, to find what the policy wrote in templated text.</param>
    public HardenedItem Harden(ScoreItem unit, ChatTemplate? template)
    {
        var findings = new FindingList();
        switch (unit.Body)
        {
            case ItemBody.Conversation conversation:
                // Responses first, so that a prompt full of findings cannot crowd theirs out.
                foreach (var response in conversation.Responses)
                {
                    Inspect("response", response.Span, isUntrusted: true, findings);
                }

                for (var i = 0; i < conversation.Prompt.Count; i++)
                {
                    var (role, content) = conversation.Prompt[i];
                    Inspect($"messages[{i}]", content.Span, IsUntrusted(role), findings);
                }

                break;
            case ItemBody.Templated templated:
                var (_, start, length) = template?.FindResponse(templated) ?? (-1, -1, 0);
                if (start >= 0)
                {
                    Inspect("response", templated.Text.Span.Slice(start, length), isUntrusted: true, findings);
                }
                else
                {
                    Inspect("text", templated.Text.Span, isUntrusted: true, findings, isParsed: true);
                }

                break;
        }

        return new HardenedItem(unit, PolicyDigest, findings.Kept);
    }

    private static bool IsUntrusted(string role) => role is not ("user" or "system" or "developer");

    private void Inspect(string name, ReadOnlySpan<byte> text, bool isUntrusted, FindingList findings, bool isParsed = false)
    {
        var field = new HardeningField(name, text, isUntrusted, isParsed);
        foreach (var rule in _rules)
        {
            rule.Inspect(field, findings);
        }
    }
}
