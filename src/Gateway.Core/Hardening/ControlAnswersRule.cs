namespace Gateway.Core.Hardening;

/// <summary>
/// The check of a score against those of <see cref="ControlSet">control answers</see>: of high severity where a response does no better than an answer
/// known to be bad, of medium severity where that could not be found out. It reads no text, so it is in no policy's digest and changes no stored score.
/// </summary>
public sealed class ControlAnswersRule : IPolicyRule
{
    private ControlAnswersRule()
    {
    }

    /// <summary>The one there is.</summary>
    public static ControlAnswersRule Instance { get; } = new();

    /// <inheritdoc/>
    public string Name => "control-answers";

    /// <inheritdoc/>
    public RuleActions Default => RuleActions.Always(HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Floor, HardeningAction.Reject, HardeningAction.Floor);
}
