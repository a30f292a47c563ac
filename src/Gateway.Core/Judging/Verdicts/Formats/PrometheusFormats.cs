using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Prometheus 2: <c>Feedback: … [RESULT] n</c>, or <c>A</c> or <c>B</c> in the relative form.</summary>
internal static class PrometheusFormats
{
    private const string Mark = "[RESULT]";

    /// <summary>A score from 1 to 5.</summary>
    public static IVerdictFormat Absolute { get; } = new LabelFormat("prometheus-absolute", Mark, (value, reason) =>
        value is ['1' or '2' or '3' or '4' or '5'] ? new Verdict.Number(value[0] - '0', reason) : null);

    /// <summary>The better response.</summary>
    public static IVerdictFormat Relative { get; } = new LabelFormat("prometheus-relative", Mark, (value, reason) => value switch
    {
        "A" => new Verdict.Choice(Preference.First, IsStrong: false, reason),
        "B" => new Verdict.Choice(Preference.Second, IsStrong: false, reason),
        _ => null,
    });
}
