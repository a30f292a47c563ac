using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts.Formats;

/// <summary>R3 (arXiv 2505.13388) and mR3 (arXiv 2510.01146): <c>{"explanation": …, "score": …}</c>, both required as in their schemas.</summary>
internal static class R3Formats
{
    private static readonly string[] Keys = ["score"];

    /// <summary>A score from 1 to 5.</summary>
    public static IVerdictFormat Pointwise { get; } =
        new JsonFormat("r3-pointwise", Keys, (verdict, _) => new Verdict.Number(verdict.Whole("score", 1, 5), verdict.Text("explanation")));

    /// <summary><c>Response 1</c> or <c>Response 2</c>; there is no tie.</summary>
    public static IVerdictFormat Pairwise { get; } = Choosing("r3-pairwise", ["Response 1", "Response 2"]);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static IVerdictFormat Binary { get; } =
        new JsonFormat("r3-binary", Keys, (verdict, _) => new Verdict.Truth(verdict.Truth("score"), verdict.Text("explanation")));

    /// <summary>mR3's words, <c>Assistant A</c> or <c>Assistant B</c>.</summary>
    public static IVerdictFormat MultilingualPairwise { get; } = Choosing("mr3-pairwise", ["Assistant A", "Assistant B"]);

    private static JsonFormat Choosing(string name, string[] words) => new(name, Keys, (verdict, _) =>
        new Verdict.Choice(verdict.OneOf("score", words) == 0 ? Preference.First : Preference.Second, IsStrong: false, verdict.Text("explanation")));
}
