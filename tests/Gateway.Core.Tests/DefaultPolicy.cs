using Gateway.Core.Hardening;

namespace Gateway.Core.Tests;

/// <summary>Every rule under the default policy, at a model that declares a floor, so that what would be floored is.</summary>
internal static class DefaultPolicy
{
    private static readonly Hardener Default = new(
        typeof(IHardeningRule).Assembly.GetExportedTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IHardeningRule)))
            .Select(type => (IHardeningRule)Activator.CreateInstance(type)!),
        HardeningPolicy.Default,
        floor: 0);

    /// <summary>What they find in a conversation of one prompt and one response.</summary>
    public static IReadOnlyList<HardeningFinding> Findings(string prompt, string response) =>
        Default.Harden(Texts.Conversation([Texts.User(prompt)], response), template: null).Findings;
}
