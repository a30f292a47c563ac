namespace Gateway.Core.Scoring;

/// <summary>The one exception type for trouble with a whole request; caught once, at the edge. Trouble with one item is a <see cref="Failure"/>.</summary>
public sealed class GatewayException : Exception
{
    /// <summary>Makes an exception of one kind.</summary>
    /// <param name="kind">What went wrong.</param>
    /// <param name="message">What, which value, what to do.</param>
    /// <param name="errors">Each single fault by its JSON path, where there are several.</param>
    /// <param name="retryAfter">When a retry can succeed, where known.</param>
    public GatewayException(
        ErrorKind kind, string message, IReadOnlyList<FieldError>? errors = null, TimeSpan? retryAfter = null) : base(message)
    {
        Kind = kind;
        Errors = errors ?? [];
        RetryAfter = retryAfter;
    }

    /// <summary>What went wrong.</summary>
    public ErrorKind Kind { get; }

    /// <summary>Each single fault by its JSON path; empty where the message says it all.</summary>
    public IReadOnlyList<FieldError> Errors { get; }

    /// <summary>When a retry can succeed.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>One fault of a request body.</summary>
/// <param name="Path">Where, as a JSON path such as <c>$.items[2].responses</c>.</param>
/// <param name="Message">What is wrong there.</param>
public sealed record FieldError(string Path, string Message);
