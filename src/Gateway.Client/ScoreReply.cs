using System.Text.Json.Serialization;

namespace Gateway.Client;

/// <summary>The answer of <c>POST /v1/score</c>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Revision">A digest of everything that can change its scores.</param>
/// <param name="Results">One per item, in the request's order.</param>
/// <param name="Usage">What it took.</param>
public sealed record ScoreReply(string Model, string Revision, IReadOnlyList<ItemReply> Results, ScoreUsage Usage);

/// <summary>The scores of one item.</summary>
/// <param name="Id">The item's id, where it had one.</param>
/// <param name="Ranking">Indices of the scored responses, best first, ties by index; failed responses are left out.</param>
/// <param name="Ties">Groups of indices whose scores are equal.</param>
/// <param name="Scores">One per response, in the request's order.</param>
public sealed record ItemReply(
    string? Id, IReadOnlyList<int> Ranking, IReadOnlyList<IReadOnlyList<int>> Ties, IReadOnlyList<ResponseScore> Scores)
{
    /// <summary>For a pairwise model, what it said of every two responses that it compared.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ComparisonReply>? Comparisons { get; init; }
}

/// <summary>What a pairwise model said of two responses.</summary>
/// <param name="A">The one response's index.</param>
/// <param name="B">The other's.</param>
/// <param name="Verdict"><c>first</c> (A), <c>second</c> (B), <c>tie</c> or <c>undecided</c>; null where the comparison failed.</param>
/// <param name="Agreement">The share of samples and orders that agree with the verdict.</param>
/// <param name="Critique">The judge's words.</param>
/// <param name="Note">Why it is undecided, or what else a reader should know.</param>
/// <param name="Error">Why it failed.</param>
public sealed record ComparisonReply(int A, int B, string? Verdict, double? Agreement, string? Critique, string? Note, ErrorReply? Error);

/// <summary>One part of a judged score.</summary>
/// <param name="Name">The criterion's or question's name.</param>
/// <param name="Value">What it was found to be worth.</param>
/// <param name="Weight">How much it counts.</param>
/// <param name="Critique">The judge's words on it.</param>
public sealed record ComponentReply(string Name, double Value, double? Weight, string? Critique);

/// <summary>How a judge came to a score, or to none.</summary>
/// <param name="Samples">How many samples it is made of.</param>
/// <param name="Missing">How many gave no verdict.</param>
/// <param name="Agreement">The share of samples and orders that agree with it.</param>
/// <param name="Spread">The standard deviation of the samples.</param>
/// <param name="CriteriaDigest">SHA-256 of the generated criteria or context that it was judged by.</param>
/// <param name="Fallback">The static rubric that took the place of what could not be generated.</param>
/// <param name="Note">What else a reader should know, such as why it is undecided.</param>
/// <param name="JudgeCalls">Calls that it took.</param>
/// <param name="JudgePromptTokens">Tokens read.</param>
/// <param name="JudgeCompletionTokens">Tokens written.</param>
/// <param name="Cost">What they cost by the configured prices.</param>
public sealed record JudgementReply(
    int Samples,
    int Missing,
    double? Agreement,
    double? Spread,
    string? CriteriaDigest,
    string? Fallback,
    string? Note,
    int JudgeCalls,
    long JudgePromptTokens,
    long JudgeCompletionTokens,
    double? Cost);

/// <summary>The score of one response, or why there is none.</summary>
public sealed record ResponseScore
{
    /// <summary><c>ok</c>, <c>floored</c> (the score is the declared floor, no model's), <c>undecided</c> (a judge came to no verdict) or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The raw logit, the judged value or the floor; null where the status is <c>undecided</c> or <c>failed</c>.</summary>
    public double? Score { get; init; }

    /// <summary>The raw log-odds of each step being good, in order, where the model judges steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Steps { get; init; }

    /// <summary>What a judged score is made of.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ComponentReply>? Components { get; init; }

    /// <summary>The judge's words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Critique { get; init; }

    /// <summary>How a judge came to the score, or to none; null for scalar models.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JudgementReply? Judgement { get; init; }

    /// <summary>How the jurors of a jury voted; null where it is no jury's.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JuryReply? Jury { get; init; }

    /// <summary>True where a stored score answered.</summary>
    public bool Cached { get; init; }

    /// <summary>True where the text was cut to the model's length.</summary>
    public bool Truncated { get; init; }

    /// <summary>Tokens that the model read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Tokens { get; init; }

    /// <summary>What the hardening rules found in this item's text.</summary>
    public IReadOnlyList<FindingReply> Findings { get; init; } = [];

    /// <summary>Where the time went, where <c>explain</c> was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimingReply? TimingMs { get; init; }

    /// <summary>The model's own score, where another one or none is given in its place and <c>explain</c> was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Raw { get; init; }

    /// <summary>How it did against control answers, where it was held against any and <c>explain</c> was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ControlsReply? Controls { get; init; }

    /// <summary>Why there is no score.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorReply? Error { get; init; }
}

/// <summary>How a response did against control answers.</summary>
/// <param name="Outcome"><c>cleared</c>, <c>not_cleared</c>, or <c>unchecked</c> where a control has no score and the others do not settle it.</param>
/// <param name="Set">The set of controls.</param>
/// <param name="Margin">By how much a score has to be above that of every control.</param>
/// <param name="Answers">What each control got.</param>
public sealed record ControlsReply(string Outcome, string Set, double Margin, IReadOnlyList<ControlReply> Answers);

/// <summary>What one control answer got.</summary>
/// <param name="Answer">The control.</param>
/// <param name="Score">Its score, or its share of the comparison with the response; null where there is none.</param>
/// <param name="Cached">True where a stored score answered.</param>
/// <param name="Error">Why it failed.</param>
public sealed record ControlReply(string Answer, double? Score, bool Cached, ErrorReply? Error);

/// <summary>What the control answers of a call took.</summary>
/// <param name="Scores">How many different ones were used.</param>
/// <param name="Cached">Of these, how many were stored.</param>
/// <param name="Failed">Of these, how many have no score.</param>
/// <param name="PromptTokens">Tokens read for those that were not stored.</param>
/// <param name="JudgeCalls">Calls of judges for them; part of the call's <c>judge_calls</c>.</param>
public sealed record ControlUsage(int Scores, int Cached, int Failed, long PromptTokens, int JudgeCalls);

/// <summary>What a hardening rule found.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c> or <c>high</c>.</param>
/// <param name="Action"><c>observed</c>, <c>flagged</c>, <c>neutralised</c>, <c>floored</c> or <c>rejected</c>.</param>
/// <param name="Field">Where: <c>response</c> or <c>messages[2]</c>.</param>
/// <param name="At">Byte offset in that field.</param>
/// <param name="Detail">What it is.</param>
public sealed record FindingReply(string Rule, string Severity, string Action, string Field, int At, string Detail);

/// <summary>Where one score's time went, in milliseconds.</summary>
/// <param name="Queue">Waiting for a worker.</param>
/// <param name="Encode">From text to tokens.</param>
/// <param name="Run">In the model.</param>
/// <param name="Upstream">On another server, where the model runs there; a call with several texts is shared out among them.</param>
public sealed record TimingReply(double Queue, double Encode, double Run, double Upstream);

/// <summary>Why something has no score.</summary>
/// <param name="Kind">The error kind, such as <c>input_too_long</c>.</param>
/// <param name="Message">What, which value, what to do.</param>
public sealed record ErrorReply(string Kind, string Message);

/// <summary>What a call took.</summary>
/// <param name="PromptTokens">Tokens read for all scores; a response that came twice counts once.</param>
/// <param name="Cached">Scores that were stored already.</param>
/// <param name="Failed">Responses that failed.</param>
public sealed record ScoreUsage(long PromptTokens, int Cached, int Failed)
{
    /// <summary>Calls of judges; left out where none was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? JudgeCalls { get; init; }

    /// <summary>Tokens that judges read.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? JudgePromptTokens { get; init; }

    /// <summary>Tokens that judges wrote.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? JudgeCompletionTokens { get; init; }

    /// <summary>What judges cost by the configured prices.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Cost { get; init; }

    /// <summary>What control answers took; left out where none were asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ControlUsage? Controls { get; init; }
}
