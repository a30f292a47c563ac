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
    string? Id, IReadOnlyList<int> Ranking, IReadOnlyList<IReadOnlyList<int>> Ties, IReadOnlyList<ResponseScore> Scores);

/// <summary>The score of one response, or why there is none.</summary>
public sealed record ResponseScore
{
    /// <summary><c>ok</c>, <c>floored</c> (the score is the declared floor, no model's) or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The raw logit or the floor; null where the status is <c>failed</c>.</summary>
    public double? Score { get; init; }

    /// <summary>The raw log-odds of each step being good, in order, where the model judges steps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? Steps { get; init; }

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

    /// <summary>Why there is no score.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ErrorReply? Error { get; init; }
}

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
/// <param name="Failed">Responses without a score.</param>
public sealed record ScoreUsage(long PromptTokens, int Cached, int Failed);
