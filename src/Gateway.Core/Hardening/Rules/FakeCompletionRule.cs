using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds responses that claim that the work is done, tested or graded already.</summary>
public sealed class FakeCompletionRule : IHardeningRule
{
    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Done, TermClass.Score];

    /// <inheritdoc/>
    public string Name => "fake-completion";

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Responses;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        var near = field.Folded.Facts.IsAscii ? 60 : 100;
        var window = new TermWindow();
        var quietUntil = -1;
        foreach (var hit in field.Folded.Terms)
        {
            window.See(hit);
            if (hit.At <= quietUntil || SeverityOf(window, hit.Class, near) is not { } found)
            {
                continue;
            }

            var at = TextFolder.Original(field.Text, hit.At);
            findings.Add(field, Context.Weigh(field, found.Severity, at, Matter), at, found.What);
            quietUntil = hit.End + (2 * near);
            if (findings.IsFull)
            {
                return;
            }
        }
    }

    private static (HardeningSeverity Severity, string What)? SeverityOf(TermWindow window, TermClass current, int near)
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
