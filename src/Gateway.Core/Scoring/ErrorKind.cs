namespace Gateway.Core.Scoring;

/// <summary>What can go wrong, for one item or a whole request; <see cref="ErrorKinds"/> gives each its status.</summary>
public enum ErrorKind
{
    /// <summary>The request is malformed or breaks a limit.</summary>
    InvalidRequest,

    /// <summary>The model cannot use a field that was sent.</summary>
    UnsupportedField,

    /// <summary>No key, or an unknown one.</summary>
    Unauthorized,

    /// <summary>The caller may not do this.</summary>
    Forbidden,

    /// <summary>No model of that name or alias.</summary>
    UnknownModel,

    /// <summary>No principle of that name.</summary>
    UnknownPrinciple,

    /// <summary>Only stored scores were asked for and there is none.</summary>
    NotCached,

    /// <summary>The text has more tokens than the model reads, or the body more bytes than allowed.</summary>
    InputTooLong,

    /// <summary>The hardening policy or the model's engine refused the text, and will again.</summary>
    Rejected,

    /// <summary>The house is full, or the wait would outlast the client's patience.</summary>
    Overloaded,

    /// <summary>A local model's run failed.</summary>
    ModelFailed,

    /// <summary>A model gave NaN or an infinity.</summary>
    InvalidScore,

    /// <summary>An upstream answered with an error or nonsense.</summary>
    UpstreamFailed,

    /// <summary>A judge's reply holds no verdict.</summary>
    JudgeUnreadable,

    /// <summary>A judge declined to judge.</summary>
    JudgeRefused,

    /// <summary>The gateway or the model is starting or stopping.</summary>
    NotReady,

    /// <summary>The request's deadline passed while it was with us.</summary>
    TimedOut,

    /// <summary>An upstream did not answer in time.</summary>
    UpstreamTimedOut,
}
