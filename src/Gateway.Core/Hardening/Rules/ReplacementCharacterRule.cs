namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds U+FFFD: the sender's text was damaged, or held a lone surrogate that was replaced on reading.</summary>
public sealed class ReplacementCharacterRule : IHardeningRule
{
    /// <inheritdoc/>
    public string Name => "replacement-character";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Everything;

    /// <inheritdoc/>
    public RuleActions Default => RuleActions.Always(HardeningAction.Observe);

    /// <inheritdoc/>
    public RuleActions Strict => RuleActions.Always(HardeningAction.Observe);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.Folded.Facts.IsAscii)
        {
            return;
        }

        var at = field.Text.IndexOf("\uFFFD"u8);
        if (at >= 0)
        {
            findings.Add(field, HardeningSeverity.Low, at, "U+FFFD: damaged text or a lone surrogate");
        }
    }
}
