using System.Collections.Frozen;
using Gateway.Core.Judging.Styles;

namespace Gateway.Core.Judging;

/// <summary>The judge styles by name; one line each.</summary>
public static class StyleKinds
{
    private static readonly FrozenDictionary<string, Entry> ByName = new Dictionary<string, Entry>(StringComparer.Ordinal)
    {
        ["rubric"] = new([], PointwiseStyle.Rubric),
        ["binary"] = new(PointwiseStyle.BinaryKeys, PointwiseStyle.Binary),
        ["pairwise"] = new(PairwiseStyle.Keys, source => new PairwiseStyle(source)),
        ["listwise"] = new(ListwiseStyle.Keys, source => new ListwiseStyle(source)),
        ["verifier"] = new(VerifierStyle.Keys, source => new VerifierStyle(source)),
        ["criteria"] = new(CriteriaStyle.Keys, source => new CriteriaStyle(source)),
        ["yes-no"] = new(YesNoStyle.Keys, source => new YesNoStyle(source)),
        ["digits"] = new(DigitsStyle.Keys, source => new DigitsStyle(source)),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every name, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. ByName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The keys that the style of this name takes.</summary>
    public static string[] KeysOf(string name) => [.. StyleSource.CommonKeys, .. ByName[name].Keys];

    /// <summary>Makes the style of this name; problems are reported by its source.</summary>
    public static IJudgeStyle Make(string name, StyleSource source) => ByName[name].Make(source);

    private sealed record Entry(IReadOnlyList<string> Keys, Func<StyleSource, IJudgeStyle> Make);
}
