using System.Collections.Concurrent;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Scoring;

/// <summary>The hardening policies by name, and the hardener of each model under each.</summary>
internal sealed class HardeningPolicies
{
    private readonly IHardeningRule[] _rules;
    private readonly IPolicyRule[] _all;
    private readonly GatewayOptions _gateway;
    private readonly AllowRelax _allowRelax;
    private readonly Dictionary<string, HardeningPolicy> _policies;
    private readonly ConcurrentDictionary<(string Model, string Policy), Hardener> _hardeners = new();

    // Made once: every request asks here.
    private readonly Func<(string Model, string Policy), Hardener> _make;

    /// <summary>The policies that are always there and those that the settings declare.</summary>
    public HardeningPolicies(IEnumerable<IHardeningRule> rules, IOptions<HardeningOptions> options, IOptions<GatewayOptions> gateway)
    {
        _make = Make;
        _rules = [.. rules];
        _all = [.. _rules, ControlAnswersRule.Instance];
        _gateway = gateway.Value;
        _allowRelax = options.Value.AllowRelax;
        _policies = HardeningPolicy.BuiltIn.ToDictionary(policy => policy.Name, StringComparer.Ordinal);
        foreach (var (name, own) in options.Value.Policies)
        {
            _policies[name] = Declared(name, own, _policies[own.Base]);
        }
    }

    /// <summary>The names of all policies.</summary>
    public IReadOnlyList<string> Names => field ??= [.. _policies.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The hardener of a model under the policy that a request asks for, or under the model's own.</summary>
    /// <exception cref="GatewayException">The request asks for a milder policy and may not: <see cref="ErrorKind.Forbidden"/>; for none that there is: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public Hardener For(string model, ScoreOptions options)
    {
        var (own, asked) = NamesOf(model, options);
        if (!_policies.TryGetValue(asked, out var policy))
        {
            throw new GatewayException(ErrorKind.InvalidRequest, $"options.hardening: no policy has that name; known are {string.Join(", ", Names)}.");
        }

        if (asked != own && !MayRelax(options) && !policy.AtLeast(_policies[own], _all))
        {
            throw new GatewayException(
                ErrorKind.Forbidden,
                $"options.hardening: '{asked}' is milder in places than '{own}', the policy of {model}; ask for a stricter one, or set {HardeningOptions.Section}:AllowRelax.");
        }

        return _hardeners.GetOrAdd((model, asked), _make);
    }

    /// <summary>The hardener of a model that reports and does nothing else.</summary>
    public Hardener Observing(string model) => _hardeners.GetOrAdd((model, HardeningPolicy.Observe.Name), _make);

    /// <summary>Looks at one text, so that what the gateway's own rules know, the terms of all languages above all, is read before the first request and not by it.</summary>
    public void Warm() => new Hardener([.. _rules.Where(rule => rule.GetType().Assembly == typeof(Hardener).Assembly)]).Harden(
        new ScoreItem(new ItemBody.Conversation([new Message("user", new Utf8Text("Why is the sky blue?"))], [new Utf8Text("Air scatters blue light.")])), template: null);

    /// <summary>What the policy of a request that was granted one does about a rule's findings.</summary>
    public RuleActions ActionsFor(string model, ScoreOptions options, IPolicyRule rule) => _policies[NamesOf(model, options).Asked].For(rule);

    /// <summary>True where a request may ask for less than the model's settings do.</summary>
    public bool MayRelax(ScoreOptions options) => _allowRelax switch
    {
        AllowRelax.Always => true,
        AllowRelax.Loopback => options.IsLocal,
        _ => false,
    };

    private (string Own, string Asked) NamesOf(string model, ScoreOptions options)
    {
        var own = _gateway.Models.GetValueOrDefault(model)?.Hardening ?? HardeningPolicy.Default.Name;
        return (own, options.Hardening ?? own);
    }

    private Hardener Make((string Model, string Policy) pair) =>
        new(_rules, _policies[pair.Policy], _gateway.Models.GetValueOrDefault(pair.Model)?.Floor);

    private HardeningPolicy Declared(string name, PolicyOptions own, HardeningPolicy basis) => new(
        name,
        _all.Where(rule => own.Rules.ContainsKey(rule.Name)).ToDictionary(
            rule => rule.Name,
            rule =>
            {
                var (given, otherwise) = (own.Rules[rule.Name], basis.For(rule));
                return new RuleActions(given.Low ?? otherwise.Low, given.Medium ?? otherwise.Medium, given.High ?? otherwise.High);
            },
            StringComparer.Ordinal),
        basis);
}
