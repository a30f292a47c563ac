using Gateway.Core.Hardening;
using Gateway.Core.Hardening.Rules;

namespace Gateway.Core.Tests;

/// <summary>The rules as they are registered, without a server.</summary>
internal static class DefaultPolicy
{
    private static readonly Hardener Default = new([new ControlTokenRule(), new ReplacementCharacterRule()]);

    /// <summary>What they find in a conversation of one prompt and one response.</summary>
    public static IReadOnlyList<HardeningFinding> Findings(string prompt, string response) =>
        Default.Harden(Texts.Conversation([Texts.User(prompt)], response), template: null).Findings;
}
