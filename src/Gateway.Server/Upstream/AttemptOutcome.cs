namespace Gateway.Server.Upstream;

/// <summary>How a place on a destination was used; the values of failures are <see cref="FailureKind"/>'s.</summary>
internal enum AttemptOutcome
{
    /// <inheritdoc cref="FailureKind.Connect"/>
    Connect = FailureKind.Connect,

    /// <inheritdoc cref="FailureKind.Broken"/>
    Broken = FailureKind.Broken,

    /// <inheritdoc cref="FailureKind.TimedOut"/>
    TimedOut = FailureKind.TimedOut,

    /// <inheritdoc cref="FailureKind.Unavailable"/>
    Unavailable = FailureKind.Unavailable,

    /// <inheritdoc cref="FailureKind.Busy"/>
    Busy = FailureKind.Busy,

    /// <inheritdoc cref="FailureKind.Refused"/>
    Refused = FailureKind.Refused,

    /// <inheritdoc cref="FailureKind.Errored"/>
    Errored = FailureKind.Errored,

    /// <inheritdoc cref="FailureKind.Untrusted"/>
    Untrusted = FailureKind.Untrusted,

    /// <summary>The destination answered.</summary>
    Answered,

    /// <summary>The caller left before the end.</summary>
    Abandoned,
}
