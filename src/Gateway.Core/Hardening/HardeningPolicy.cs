using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Hardening;

/// <summary>What is done about the findings of each rule.</summary>
public sealed class HardeningPolicy
{
    private readonly Dictionary<string, RuleActions> _actions;
    private readonly Func<IPolicyRule, RuleActions> _otherwise;

    /// <summary>A policy that says something of some rules and leaves the others to another.</summary>
    /// <param name="name">Its name in requests and settings.</param>
    /// <param name="actions">By the rule's name.</param>
    /// <param name="otherwise">The policy of every other rule.</param>
    public HardeningPolicy(string name, IReadOnlyDictionary<string, RuleActions> actions, HardeningPolicy otherwise)
        : this(name, otherwise.For)
    {
        foreach (var (rule, own) in actions)
        {
            _actions[rule] = own;
        }
    }

    private HardeningPolicy(string name, Func<IPolicyRule, RuleActions> otherwise)
    {
        Name = name;
        _actions = new Dictionary<string, RuleActions>(StringComparer.Ordinal);
        _otherwise = otherwise;
    }

    /// <summary>No rule runs. Encoders write control tokens as plain text all the same; nobody is told.</summary>
    public static HardeningPolicy Off { get; } = new("off", _ => RuleActions.Always(HardeningAction.Off));

    /// <summary>Everything is reported and nothing is done, save what encoders do anyhow.</summary>
    public static HardeningPolicy Observe { get; } = new(
        "observe", rule => RuleActions.Always(rule.Neutralises ? HardeningAction.Neutralise : HardeningAction.Observe));

    /// <summary>Acts where honest text is hardly ever hit, flags the rest.</summary>
    public static HardeningPolicy Default { get; } = new("default", rule => rule.Default);

    /// <summary>Acts wherever an attack is likely.</summary>
    public static HardeningPolicy Strict { get; } = new("strict", rule => rule.Strict);

    /// <summary>The policies that every gateway has, the mildest first.</summary>
    public static IReadOnlyList<HardeningPolicy> BuiltIn { get; } = [Off, Observe, Default, Strict];

    /// <summary>Its name in requests and settings.</summary>
    public string Name { get; }

    /// <summary>What it does about a rule's findings.</summary>
    public RuleActions For(IPolicyRule rule) => _actions.TryGetValue(rule.Name, out var own) ? own : _otherwise(rule);

    /// <summary>True where this policy is nowhere milder than the other.</summary>
    public bool AtLeast(HardeningPolicy other, IEnumerable<IPolicyRule> rules) => rules.All(rule => For(rule).AtLeast(other.For(rule)));

    /// <summary>A digest of the rules on texts, what is done about each, and the floor. The name is left out: it changes no score.</summary>
    public string Digest(IEnumerable<IHardeningRule> rules, double? floor)
    {
        var lines = rules.OrderBy(rule => rule.Name, StringComparer.Ordinal).Select(rule =>
        {
            var actions = For(rule);
            return $"{rule.Name}@{rule.Version}:{actions.Low},{actions.Medium},{actions.High}";
        });
        var canonical = string.Join(';', lines.Append($"floor={floor?.ToString("R", CultureInfo.InvariantCulture)}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))[..16];
    }
}
