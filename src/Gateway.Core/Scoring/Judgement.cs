using Gateway.Core.Aggregation;

namespace Gateway.Core.Scoring;

/// <summary>How a judge came to a score: what a reader needs to trust it or not.</summary>
/// <param name="Critique">The judge's own words, cut to <see cref="LongestCritique"/> characters; null where it gave none.</param>
/// <param name="Components">What the score is made of, in the order of the rubric; empty where it is of one piece.</param>
/// <param name="Samples">How many samples the score is made of.</param>
/// <param name="Missing">How many samples were asked for and gave no verdict; above 0 only where a quorum is configured.</param>
/// <param name="Agreement">The share of samples and orders that agree with the verdict, from 0 to 1; null where there was one.</param>
/// <param name="Spread">The standard deviation of the samples, or of a probability-weighted score; null where there is none.</param>
/// <param name="CriteriaDigest">SHA-256 of the generated text that it was judged by, in hexadecimal; null where none was generated.</param>
/// <param name="Fallback">The static rubric that took the place of what could not be generated; null where none did.</param>
/// <param name="Note">What a reader should know of how the score came about, such as "equal to the reference without asking"; null where that is nothing.</param>
/// <param name="Usage">What it took; zero where it was stored.</param>
/// <param name="Jury">How the jurors voted; null where it is no jury's.</param>
public sealed record Judgement(
    string? Critique,
    IReadOnlyList<ScoreComponent> Components,
    int Samples,
    int Missing,
    double? Agreement,
    double? Spread,
    string? CriteriaDigest,
    string? Fallback,
    string? Note,
    JudgeUsage Usage,
    JuryReport? Jury = null)
{
    /// <summary>The longest critique in UTF-16 units.</summary>
    public const int LongestCritique = 4_000;

    /// <summary>Of one sample, with nothing but the judge's words.</summary>
    public static Judgement Of(string? critique, JudgeUsage usage = default) => new(Cut(critique), [], 1, 0, null, null, null, null, null, usage);

    /// <summary>The words of a judge, cut where they are too long; never within a character.</summary>
    public static string? Cut(string? critique) => critique is not { Length: > LongestCritique }
        ? critique
        : string.Concat(critique.AsSpan(0, char.IsHighSurrogate(critique[LongestCritique - 2]) ? LongestCritique - 2 : LongestCritique - 1), "…");
}

/// <summary>One part of a score.</summary>
/// <param name="Name">The criterion's or question's name.</param>
/// <param name="Value">What it was found to be worth; finite.</param>
/// <param name="Weight">How much it counts; null where parts are not weighed.</param>
/// <param name="Critique">The judge's words on it; null where it gave none.</param>
public sealed record ScoreComponent(string Name, double Value, double? Weight, string? Critique);

/// <summary>What judging took.</summary>
/// <param name="Calls">Calls of judges and generators.</param>
/// <param name="PromptTokens">Tokens they read.</param>
/// <param name="CompletionTokens">Tokens they wrote.</param>
/// <param name="Cost">What they cost, in the currency of the configured prices; null where no price is configured.</param>
public readonly record struct JudgeUsage(int Calls, long PromptTokens, long CompletionTokens, double? Cost)
{
    /// <summary>Both together.</summary>
    public static JudgeUsage operator +(JudgeUsage one, JudgeUsage other) => new(
        one.Calls + other.Calls,
        one.PromptTokens + other.PromptTokens,
        one.CompletionTokens + other.CompletionTokens,
        one.Cost is null && other.Cost is null ? null : (one.Cost ?? 0) + (other.Cost ?? 0));
}
