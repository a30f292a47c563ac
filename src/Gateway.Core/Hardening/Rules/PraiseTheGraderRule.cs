using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>Finds responses that praise themselves to whoever grades, or let experts vouch for them.</summary>
public sealed class PraiseTheGraderRule : IHardeningRule
{
    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Meets, TermClass.Score];

    /// <inheritdoc/>
    public string Name => "praise-the-grader";

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
        Likeness.Add(field, findings, LearnedAttack.Praise, Matter);
    }

    private static (HardeningSeverity Severity, string What)? SeverityOf(in TermWindow window, TermClass current, int near)
    {
        bool Has(in TermWindow terms, TermClass meaning) => terms.Has(meaning, near);
        return current switch
        {
            TermClass.Judge or TermClass.Praise when window.Has(TermClass.Judge, near / 2) && window.Has(TermClass.Praise, near / 2) =>
                (HardeningSeverity.Medium, "flatters whoever judges"),
            TermClass.Self or TermClass.Praise or TermClass.Meets when Has(window, TermClass.Self) && Has(window, TermClass.Praise) =>
                (Has(window, TermClass.Meets) || Has(window, TermClass.Expert) || Has(window, TermClass.Score) ? HardeningSeverity.High : HardeningSeverity.Medium,
                    "praises itself"),
            TermClass.Self or TermClass.Meets when Has(window, TermClass.Self) && Has(window, TermClass.Meets) =>
                (HardeningSeverity.High, "claims to meet what a judge would check"),
            TermClass.Self or TermClass.Right when Has(window, TermClass.Self) && Has(window, TermClass.Right) && window.Has(TermClass.Expert, near) =>
                (HardeningSeverity.Medium, "lets others vouch for it"),
            TermClass.Self or TermClass.Degree or TermClass.Pick or TermClass.Expert
                when Has(window, TermClass.Expert) && Has(window, TermClass.Self) && (Has(window, TermClass.Degree) || Has(window, TermClass.Pick)) =>
                (HardeningSeverity.Medium, "lets others vouch for it"),
            TermClass.Expert or TermClass.Praise or TermClass.Top or TermClass.Self
                when Has(window, TermClass.Expert) && (Has(window, TermClass.Praise) || Has(window, TermClass.Top)) && (Has(window, TermClass.Self) || Has(window, TermClass.Score) || Has(window, TermClass.Top)) =>
                (HardeningSeverity.Medium, "lets others vouch for it"),
            _ => null,
        };
    }
}
