using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>RM-R1: <c>&lt;answer&gt;[[A]]&lt;/answer&gt;</c> or <c>[[B]]</c>, behind its rubric and evaluation.</summary>
internal sealed class RmR1Format : IVerdictFormat
{
    private const string Mark = "<answer>";

    /// <inheritdoc/>
    public string Name => "rm-r1";

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source) => Labels.Between(source, Mark, "</answer>") switch
    {
        "[[A]]" => new Verdict.Choice(Preference.First, IsStrong: false, Labels.Before(source.Text, Mark)),
        "[[B]]" => new Verdict.Choice(Preference.Second, IsStrong: false, Labels.Before(source.Text, Mark)),
        _ => throw new UnreadableVerdictException("The answer must be [[A]] or [[B]]."),
    };
}
