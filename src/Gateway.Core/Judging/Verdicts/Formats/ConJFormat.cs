using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>Con-J (ICLR 2025): <c>{"原因": reason, "更好的回答": 1 or 2}</c>; the reason may be missing, as its verdict-only form has none.</summary>
internal static class ConJFormat
{
    private const string Reason = "原因";
    private const string Better = "更好的回答";

    /// <summary>The better answer as the number 1 or 2.</summary>
    public static IVerdictFormat Pairwise { get; } = new JsonFormat("con-j", [Better], (verdict, _) => new Verdict.Choice(
        verdict.Whole(Better, 1, 2) == 1 ? Preference.First : Preference.Second, IsStrong: false, verdict.Has(Reason) ? verdict.Text(Reason) : null));
}
