namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds words that mix Latin letters with Cyrillic, Greek or Armenian ones that pass for them, and text in mathematical letters, circles or small capitals.
/// The other rules read such words as Latin; what is judged is the original.
/// </summary>
public sealed class HomoglyphRule : IHardeningRule
{
    private const int StyledLetters = 12;

    /// <inheritdoc/>
    public string Name => "homoglyph";

    /// <inheritdoc/>
    public int Version => 2;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Untrusted;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var facts = field.Folded.Facts;
        if (facts.MixedWords > 0)
        {
            var severity = facts.MixedWords >= 3 ? HardeningSeverity.High : HardeningSeverity.Medium;
            findings.Add(field, severity, facts.MixedAt, $"{facts.MixedWords} words mix Latin letters with letters that pass for them");
        }

        if (facts.StyledLetters >= StyledLetters)
        {
            findings.Add(field, HardeningSeverity.Low, facts.StyledAt, $"{facts.StyledLetters} mathematical letters, circles or small capitals");
        }
    }
}
