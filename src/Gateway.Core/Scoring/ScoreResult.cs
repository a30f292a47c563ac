using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Scoring;

/// <summary>A <see cref="Scoring.Score"/> or a <see cref="Scoring.Failure"/>, one per response; never both, never neither.</summary>
public sealed class ScoreResult
{
    private ScoreResult(Score? score, Failure? failure)
    {
        Score = score;
        Failure = failure;
    }

    /// <summary>The score, where there is one.</summary>
    public Score? Score { get; }

    /// <summary>Why there is no score.</summary>
    public Failure? Failure { get; }

    /// <summary>True where there is a score.</summary>
    [MemberNotNullWhen(true, nameof(Score))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsScore => Score is not null;

    /// <summary>A result that is a score.</summary>
    public static implicit operator ScoreResult(Score score) => new(score, null);

    /// <summary>A result that is a failure.</summary>
    public static implicit operator ScoreResult(Failure failure) => new(null, failure);

    /// <summary>A result that is a failure of this kind.</summary>
    public static ScoreResult Failed(ErrorKind kind, string message) => new Failure(kind, message);
}

/// <summary>Why one response has no score.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">What, which value, what to do; never the judged text.</param>
public sealed record Failure(ErrorKind Kind, string Message)
{
    /// <summary>When a retry can succeed, where known.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
