using System.Collections.Frozen;

namespace Gateway.Core.Scoring;

/// <summary>The reward-model kinds by name; two factories of one kind refuse to start.</summary>
public sealed class RewardModelKinds(IEnumerable<IRewardModelFactory> factories)
{
    private readonly FrozenDictionary<string, IRewardModelFactory> _byKind = factories
        .ToDictionary(factory => factory.Kind, StringComparer.Ordinal)
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The kinds there are, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _byKind.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The factory of a kind, or null.</summary>
    public IRewardModelFactory? Find(string kind) => _byKind.GetValueOrDefault(kind);
}
