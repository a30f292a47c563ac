using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Gateway.Core.Scoring;

/// <summary>A <see cref="Scoring.Score"/>, a <see cref="Scoring.Failure"/> or an <see cref="Scoring.Undecided"/>, one per response; exactly one of them.</summary>
public sealed class ScoreResult
{
    private const int LongestNumber = 32;

    private byte[]? _digits;

    private ScoreResult(Score? score, Failure? failure, Undecided? undecided = null)
    {
        Score = score;
        Failure = failure;
        Undecided = undecided;
    }

    /// <summary>The score, where there is one.</summary>
    public Score? Score { get; }

    /// <summary>What went wrong, where something did.</summary>
    public Failure? Failure { get; }

    /// <summary>Why a judge that did its work came to no verdict, where that is so.</summary>
    public Undecided? Undecided { get; }

    /// <summary>
    /// The score's number as the shortest decimal in UTF-8 that reads back as the same one; empty where there is none. Made once: a stored result is
    /// written again and again, and making it costs more than writing all the rest.
    /// </summary>
    public ReadOnlySpan<byte> Digits => _digits ??= DigitsOf(Score);

    /// <summary>True where there is a score.</summary>
    [MemberNotNullWhen(true, nameof(Score))]
    public bool IsScore => Score is not null;

    /// <summary>True where something went wrong.</summary>
    [MemberNotNullWhen(true, nameof(Failure))]
    public bool IsFailure => Failure is not null;

    /// <summary>Where the time of a score or of coming to no verdict went.</summary>
    public ScoreTimings Timings => Score?.Timings ?? Undecided?.Timings ?? default;

    /// <summary>How a judge came to its score, or to none.</summary>
    public Judgement? Judgement => Score?.Judgement ?? Undecided?.Judgement;

    /// <summary>A result that is a score.</summary>
    public static implicit operator ScoreResult(Score score) => new(score, null);

    /// <summary>A result that is a failure.</summary>
    public static implicit operator ScoreResult(Failure failure) => new(null, failure);

    /// <summary>A result without a verdict.</summary>
    public static implicit operator ScoreResult(Undecided undecided) => new(null, null, undecided);

    /// <summary>A result that is a failure of this kind.</summary>
    public static ScoreResult Failed(ErrorKind kind, string message) => new Failure(kind, message);

    private static byte[] DigitsOf(Score? score)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        return score is not null && score.Value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture) ? digits[..length].ToArray() : [];
    }
}

/// <summary>Why one response has no score.</summary>
/// <param name="Kind">What went wrong.</param>
/// <param name="Message">What, which value, what to do; never the judged text.</param>
public sealed record Failure(ErrorKind Kind, string Message)
{
    /// <summary>When a retry can succeed, where known.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

/// <summary>A judge did its work and came to no verdict: it contradicts itself, or its samples do. There is no number, and nothing failed.</summary>
/// <param name="Why">What, in words fit for a client; never the judged text.</param>
/// <param name="Judgement">How it came about.</param>
/// <param name="Tokens">Tokens that the judge read.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record Undecided(string Why, Judgement Judgement, int Tokens, ScoreTimings Timings);
