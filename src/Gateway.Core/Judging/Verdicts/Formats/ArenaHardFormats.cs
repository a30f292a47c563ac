using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Arena-Hard's five labels, from <c>[[A&gt;&gt;B]]</c> to <c>[[B&gt;&gt;A]]</c>.</summary>
/// <param name="name">Its name in configuration.</param>
/// <param name="believesQuotes">True to count labels that stand in a judged text, as JudgeBench's own tool does.</param>
internal sealed class ArenaHardFormats(string name, bool believesQuotes) : IVerdictFormat
{
    private const string Open = "[[";

    /// <summary>Labels quoted from a judged text do not count; what remains must agree.</summary>
    public static IVerdictFormat ArenaHard { get; } = new ArenaHardFormats("arena-hard", believesQuotes: false);

    /// <summary>JudgeBench's reading of the same labels: every label counts, whoever wrote it; to reproduce its figures, not to judge by.</summary>
    public static IVerdictFormat JudgeBench { get; } = new ArenaHardFormats("judgebench-arena-hard", believesQuotes: true);

    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source)
    {
        var label = Labels.Between(believesQuotes ? source with { Judged = [] } : source, Open, "]]", IsLabel);
        return label switch
        {
            "A>>B" => Of(Preference.First, isStrong: true, source),
            "A>B" => Of(Preference.First, isStrong: false, source),
            "A=B" => Of(Preference.Tie, isStrong: false, source),
            "B>A" => Of(Preference.Second, isStrong: false, source),
            "B>>A" => Of(Preference.Second, isStrong: true, source),
            _ => throw new UnreadableVerdictException("The label must be one of [[A>>B]], [[A>B]], [[A=B]], [[B>A]], [[B>>A]]."),
        };
    }

    private static Verdict.Choice Of(Preference better, bool isStrong, VerdictSource source)
    {
        var reason = source.Text[..source.Text.LastIndexOf(Open, StringComparison.Ordinal)].Trim();
        return new Verdict.Choice(better, isStrong, reason.Length > 0 ? reason : null);
    }

    // Other double brackets, such as a matrix or a wiki link, are no labels.
    private static bool IsLabel(string value) => value.Length > 0 && value.All(one => one is 'A' or 'B' or '<' or '=' or '>');
}
