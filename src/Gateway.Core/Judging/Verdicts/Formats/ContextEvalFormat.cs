using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Contextualized Evaluations: <c>**output: {"judgement": "Response 1|Response 2|Tie"}**</c>, then a short reason.</summary>
internal static class ContextEvalFormat
{
    private static readonly string[] Words = ["Response 1", "Response 2", "Tie"];
    private static readonly Preference[] Preferences = [Preference.First, Preference.Second, Preference.Tie];

    /// <summary>The better response or a tie.</summary>
    public static IVerdictFormat Pairwise { get; } = new JsonFormat("context-eval", ["judgement"], (verdict, _) =>
        new Verdict.Choice(Preferences[verdict.OneOf("judgement", Words)], IsStrong: false, Critique: null));
}
