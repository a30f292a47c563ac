namespace Gateway.Core.Rubrics;

/// <summary>The judge styles that a principle can say it is written for.</summary>
public static class JudgeStyles
{
    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["binary", "contextualised", "criteria", "digits", "few-shot", "listwise", "pairwise", "rubric", "verifier", "yes-no"];
}
