using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds responses that claim that the work is done, tested or graded already.</summary>
public sealed class FakeCompletionRule : IHardeningRule
{
    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Done, TermClass.Score];

    /// <inheritdoc/>
    public string Name => "fake-completion";

    /// <inheritdoc/>
    public int Version => 8;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        TermWalk.Run(field, findings, Matter, SeverityOf);
        Likeness.Add(field, findings, LearnedAttack.Completion, Matter);
    }

    private static (HardeningSeverity Severity, string What)? SeverityOf(in TermWindow window, TermClass current, int near)
    {
        var verdict = window.Has(TermClass.Score, near) || window.Has(TermClass.Top, near) || window.Has(TermClass.Output, near) || window.Has(TermClass.Judge, near);
        return current switch
        {
            TermClass.Done => (verdict ? HardeningSeverity.High : HardeningSeverity.Medium, "claims that the work is done or checked"),
            TermClass.Score or TermClass.Output or TermClass.Top when window.Has(TermClass.Done, near) => (HardeningSeverity.High, "claims that the work is done or checked"),
            _ => null,
        };
    }
}
