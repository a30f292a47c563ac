using System.Collections.Frozen;

namespace Gateway.Core.Scoring;

/// <summary>The one table of what each <see cref="ErrorKind"/> means on the wire.</summary>
public static class ErrorKinds
{
    private static readonly FrozenDictionary<ErrorKind, ErrorTraits> Table = new Dictionary<ErrorKind, ErrorTraits>
    {
        [ErrorKind.InvalidRequest] = new("invalid_request", 400, Retryable: false, OperatorFault: false),
        [ErrorKind.UnsupportedField] = new("unsupported_field", 400, Retryable: false, OperatorFault: false),
        [ErrorKind.Unauthorized] = new("unauthorized", 401, Retryable: false, OperatorFault: false),
        [ErrorKind.Forbidden] = new("forbidden", 403, Retryable: false, OperatorFault: false),
        [ErrorKind.UnknownModel] = new("unknown_model", 404, Retryable: false, OperatorFault: false),
        [ErrorKind.UnknownPrinciple] = new("unknown_principle", 404, Retryable: false, OperatorFault: false),
        [ErrorKind.NotCached] = new("not_cached", 404, Retryable: false, OperatorFault: false),
        [ErrorKind.InputTooLong] = new("input_too_long", 413, Retryable: false, OperatorFault: false),
        [ErrorKind.Rejected] = new("rejected", 422, Retryable: false, OperatorFault: false),
        [ErrorKind.Overloaded] = new("overloaded", 429, Retryable: true, OperatorFault: false),
        [ErrorKind.ModelFailed] = new("model_failed", 500, Retryable: false, OperatorFault: true),
        [ErrorKind.InvalidScore] = new("invalid_score", 500, Retryable: false, OperatorFault: true),
        [ErrorKind.UpstreamFailed] = new("upstream_failed", 502, Retryable: true, OperatorFault: true),
        [ErrorKind.JudgeUnreadable] = new("judge_unreadable", 502, Retryable: true, OperatorFault: true),
        [ErrorKind.JudgeRefused] = new("judge_refused", 502, Retryable: false, OperatorFault: false),
        [ErrorKind.NotReady] = new("not_ready", 503, Retryable: true, OperatorFault: false),
        [ErrorKind.TimedOut] = new("timed_out", 504, Retryable: true, OperatorFault: true),
        [ErrorKind.UpstreamTimedOut] = new("upstream_timed_out", 504, Retryable: true, OperatorFault: true),
    }.ToFrozenDictionary();

    /// <summary>Wire name, status and retryability of a kind.</summary>
    public static ErrorTraits Traits(this ErrorKind kind) => Table[kind];

    /// <summary>The kind with the highest status: what a request answers where every one of its items failed.</summary>
    public static ErrorKind Gravest(IEnumerable<ErrorKind> kinds) => kinds.MaxBy(kind => kind.Traits().Status);
}

/// <summary>What an error kind means outside.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Status">Its HTTP status on native routes.</param>
/// <param name="Retryable">Whether the same request can succeed later.</param>
/// <param name="OperatorFault">True where the operator should hear of it: logged as a warning, the others for debugging only.</param>
public sealed record ErrorTraits(string Name, int Status, bool Retryable, bool OperatorFault);
