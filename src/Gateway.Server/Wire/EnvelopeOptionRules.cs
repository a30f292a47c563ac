using FluentValidation;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary>The options that native routes share.</summary>
internal static class EnvelopeOptionRules
{
    private static readonly string[] CacheModes = ["use", "refresh", "off", "only"];

    /// <summary><c>options.cache</c>.</summary>
    public static void IsCacheMode(this IRuleBuilder<ScoreEnvelope, string?> rule) => rule.Must(cache => cache is null || CacheModes.Contains(cache, StringComparer.Ordinal))
        .OverridePropertyName("options.cache").WithMessage($"it is one of {string.Join(", ", CacheModes)}");

    /// <summary><c>options.timeout_ms</c>.</summary>
    public static void IsPatience(this IRuleBuilder<ScoreEnvelope, int?> rule, PatienceOptions patience) => rule.InclusiveBetween(1, patience.NativeMost)
        .OverridePropertyName("options.timeout_ms").WithMessage($"it is a number of milliseconds from 1 to {patience.NativeMost} (Gateway:PatienceMs:NativeMost)");
}
