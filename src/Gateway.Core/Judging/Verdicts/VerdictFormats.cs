using Gateway.Core.Judging.Verdicts.Formats;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>The verdict formats by name.</summary>
public static class VerdictFormats
{
    private static readonly Dictionary<string, IVerdictFormat> ByName = ((IVerdictFormat[])
    [
        RewardAnythingFormat.Listwise,
        R3Formats.Pointwise, R3Formats.Pairwise, R3Formats.Binary, R3Formats.MultilingualPairwise,
        ConJFormat.Pairwise,
        PrometheusFormats.Absolute, PrometheusFormats.Relative,
        new RmR1Format(),
        new YesNoFormat("master-rm"), new YesNoFormat("multi-sub-rm"),
        VerifierFormats.GeneralVerifier, VerifierFormats.OmniJudge,
        ArenaHardFormats.ArenaHard, ArenaHardFormats.JudgeBench,
        ContextEvalFormat.Pairwise,
        new PandaLmFormat(),
        new YesBecauseFormat(),
    ]).ToDictionary(format => format.Name, StringComparer.Ordinal);

    /// <summary>Every name, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The format of that name, or null.</summary>
    public static IVerdictFormat? Find(string name) => ByName.GetValueOrDefault(name);
}
