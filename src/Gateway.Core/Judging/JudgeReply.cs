namespace Gateway.Core.Judging;

/// <summary>What a judge said, as its server gave it; nothing of it is trusted yet.</summary>
/// <param name="Content">The answer; empty where there is none.</param>
public sealed record JudgeReply(string Content)
{
    /// <summary>The reasoning that the server told apart from the answer; null where it did not.</summary>
    public string? Reasoning { get; init; }

    /// <summary>The server's own sign that the judge declined, with its words; null where it gave none.</summary>
    public string? Refusal { get; init; }

    /// <summary>Why the judge stopped.</summary>
    public JudgeStop Stop { get; init; } = JudgeStop.Ended;

    /// <summary>The answer's tokens with their likeliest alternatives, in order; empty where log-probabilities were not asked for or not given.</summary>
    public IReadOnlyList<TokenChoice> Tokens { get; init; } = [];
}

/// <summary>Why a judge stopped.</summary>
public enum JudgeStop
{
    /// <summary>It was done.</summary>
    Ended,

    /// <summary>It ran out of tokens, so that its answer is cut.</summary>
    Length,

    /// <summary>A filter of its server stopped it.</summary>
    Filtered,

    /// <summary>Its server gave no reason, or one that is not known.</summary>
    Unknown,
}

/// <summary>One token of an answer.</summary>
/// <param name="Text">The token.</param>
/// <param name="LogProbability">Its natural log-probability, at most 0; finite.</param>
/// <param name="Likeliest">The likeliest tokens at its place, itself possibly among them, likeliest first.</param>
public sealed record TokenChoice(string Text, double LogProbability, IReadOnlyList<TokenProbability> Likeliest);

/// <summary>A token that could have stood at a place.</summary>
/// <param name="Text">The token.</param>
/// <param name="LogProbability">Its natural log-probability, at most 0; finite.</param>
public readonly record struct TokenProbability(string Text, double LogProbability);
