namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Verifiers that mark their decision: General-Verifier and Omni-Judge.</summary>
internal static class VerifierFormats
{
    /// <summary>General-Verifier: <c>Final Decision: Yes</c> or <c>No</c>.</summary>
    public static IVerdictFormat GeneralVerifier { get; } = Deciding("general-verifier", "Final Decision:", "Yes", "No");

    /// <summary>Omni-Judge: <c>TRUE</c> or <c>FALSE</c> below <c>## Equivalence Judgement</c>.</summary>
    public static IVerdictFormat OmniJudge { get; } = Deciding("omni-judge", "## Equivalence Judgement", "TRUE", "FALSE");

    private static LabelFormat Deciding(string name, string mark, string yes, string no) => new(name, mark, (value, reason) =>
        value == yes ? new Verdict.Truth(IsTrue: true, reason) : value == no ? new Verdict.Truth(IsTrue: false, reason) : null);
}
