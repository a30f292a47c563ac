namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>What is known of log-odds.</summary>
public enum YesNoBound
{
    /// <summary>Both words were listed: the value itself.</summary>
    Exact,

    /// <summary>No was not listed: the true value is at least this one, as far as one missing token counts.</summary>
    AtLeast,

    /// <summary>Yes was not listed: the true value is at most this one, as far as one missing token counts.</summary>
    AtMost,
}
