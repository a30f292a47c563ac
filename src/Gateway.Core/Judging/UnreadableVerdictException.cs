using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>A judge's reply holds no verdict. Nothing is guessed from it.</summary>
/// <param name="message">What is wrong with the reply, fit to be shown to the judge; never the reply's or the judged text.</param>
/// <param name="kind"><see cref="ErrorKind.JudgeUnreadable"/>, or <see cref="ErrorKind.JudgeRefused"/>, which is not asked again.</param>
public sealed class UnreadableVerdictException(string message, ErrorKind kind = ErrorKind.JudgeUnreadable) : Exception(message)
{
    /// <summary>What kind of failure it is.</summary>
    public ErrorKind Kind { get; } = kind;
}
