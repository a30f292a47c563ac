using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>PandaLM: the first line is <c>1</c>, <c>2</c> or <c>Tie</c>; a reason and a reference answer follow.</summary>
internal sealed class PandaLmFormat : IVerdictFormat
{
    /// <inheritdoc/>
    public string Name => "pandalm";

    /// <inheritdoc/>
    public Verdict Read(VerdictSource source)
    {
        var end = source.Text.AsSpan().IndexOfAny('\r', '\n');
        var (line, rest) = end < 0 ? (source.Text, "") : (source.Text[..end].TrimEnd(), source.Text[end..].Trim());
        var reason = rest.Length > 0 ? rest : null;
        return line switch
        {
            "1" => new Verdict.Choice(Preference.First, IsStrong: false, reason),
            "2" => new Verdict.Choice(Preference.Second, IsStrong: false, reason),
            "Tie" => new Verdict.Choice(Preference.Tie, IsStrong: false, reason),
            _ => throw new UnreadableVerdictException("The first line must be 1, 2 or Tie."),
        };
    }
}
