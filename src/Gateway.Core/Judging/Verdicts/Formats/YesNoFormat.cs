namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Master-RM and Multi-sub RM (arXiv 2507.08794): the whole answer is <c>YES</c> or <c>NO</c>.</summary>
/// <param name="name">Its name in configuration.</param>
internal sealed class YesNoFormat(string name) : IVerdictFormat
{
    /// <inheritdoc/>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source) => source.Text switch
    {
        "YES" => new Verdict.Truth(IsTrue: true, Critique: null),
        "NO" => new Verdict.Truth(IsTrue: false, Critique: null),
        _ => throw new UnreadableVerdictException("The whole answer must be YES or NO."),
    };
}
