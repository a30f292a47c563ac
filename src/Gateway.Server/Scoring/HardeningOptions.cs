using System.ComponentModel.DataAnnotations;
using Gateway.Core.Hardening;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>The hardening policies of this deployment's own; the section <c>Gateway:Hardening</c>.</summary>
public sealed class HardeningOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Gateway:Hardening";

    /// <summary>Who may ask for a milder policy than the model's.</summary>
    [EnumDataType(typeof(AllowRelax))]
    public AllowRelax AllowRelax { get; set; } = AllowRelax.Loopback;

    /// <summary>Policies by name; <c>off</c>, <c>observe</c>, <c>default</c> and <c>strict</c> are always there.</summary>
    public Dictionary<string, PolicyOptions> Policies { get; set; } = [];
}

/// <summary>Who may ask for a milder policy than the model's.</summary>
public enum AllowRelax
{
    /// <summary>Clients on this machine.</summary>
    Loopback,

    /// <summary>Nobody.</summary>
    Never,

    /// <summary>Everybody.</summary>
    Always,
}

/// <summary>One declared policy; the section <c>Gateway:Hardening:Policies:&lt;name&gt;</c>.</summary>
public sealed class PolicyOptions
{
    /// <summary>The policy of every rule that this one says nothing of: one of the four that are always there.</summary>
    public string Base { get; set; } = "default";

    /// <summary>What is done, by the rule's name.</summary>
    public Dictionary<string, RuleActionOptions> Rules { get; set; } = [];
}

/// <summary>What is done about one rule's findings; the section <c>Gateway:Hardening:Policies:&lt;name&gt;:Rules:&lt;rule&gt;</c>.</summary>
public sealed class RuleActionOptions
{
    /// <summary>About findings of low severity; null as the base does.</summary>
    [EnumDataType(typeof(HardeningAction))]
    public HardeningAction? Low { get; set; }

    /// <summary>About findings of medium severity; null as the base does.</summary>
    [EnumDataType(typeof(HardeningAction))]
    public HardeningAction? Medium { get; set; }

    /// <summary>About findings of high severity; null as the base does.</summary>
    [EnumDataType(typeof(HardeningAction))]
    public HardeningAction? High { get; set; }
}

/// <summary>Checks names: of policies, of their bases, of rules, and of the policies that models ask for.</summary>
internal sealed class HardeningOptionsValidator(IEnumerable<IHardeningRule> rules, IConfiguration configuration) : IValidateOptions<HardeningOptions>
{
    private const string Models = GatewayOptions.Section + ":Models";

    public ValidateOptionsResult Validate(string? name, HardeningOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var builtIn = HardeningPolicy.BuiltIn.Select(policy => policy.Name).ToArray();
        var knownRules = rules.Select(rule => rule.Name).Append(ControlAnswersRule.Instance.Name).Order(StringComparer.Ordinal).ToArray();
        if (!Enum.IsDefined(options.AllowRelax))
        {
            result.AddError($"it is one of {string.Join(", ", Enum.GetNames<AllowRelax>())}.", $"{HardeningOptions.Section}:AllowRelax");
        }

        foreach (var (policy, own) in options.Policies)
        {
            var path = $"{HardeningOptions.Section}:Policies:{policy}";
            if (builtIn.Contains(policy, StringComparer.OrdinalIgnoreCase))
            {
                result.AddError("a policy of that name is always there and cannot be changed; choose another name.", path);
            }

            if (!builtIn.Contains(own.Base, StringComparer.Ordinal))
            {
                result.AddError($"'{own.Base}' is none of {string.Join(", ", builtIn)}.", $"{path}:Base");
            }

            foreach (var rule in own.Rules.Keys.Where(rule => !knownRules.Contains(rule, StringComparer.Ordinal)))
            {
                result.AddError($"no rule has that name; known are {string.Join(", ", knownRules)}.", $"{path}:Rules:{rule}");
            }

            foreach (var (rule, actions) in own.Rules)
            {
                HardeningAction?[] all = [actions.Low, actions.Medium, actions.High];
                if (all.Any(action => action is { } given && !Enum.IsDefined(given)))
                {
                    result.AddError($"an action is one of {string.Join(", ", Enum.GetNames<HardeningAction>())}.", $"{path}:Rules:{rule}");
                }
            }
        }

        // Not as IOptions, whose own failures would be reported a second time.
        foreach (var model in configuration.GetSection(Models).GetChildren())
        {
            if (model[nameof(ModelOptions.Hardening)] is { } asked && !builtIn.Concat(options.Policies.Keys).Contains(asked, StringComparer.Ordinal))
            {
                result.AddError(
                    $"no policy is named '{asked}'; known are {string.Join(", ", builtIn.Concat(options.Policies.Keys))}.", $"{model.Path}:{nameof(ModelOptions.Hardening)}");
            }
        }

        return result.Build();
    }
}
