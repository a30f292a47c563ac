namespace Gateway.Core.Hardening;

/// <summary>
/// The findings of one item and what the policy does about each. It keeps <see cref="Capacity"/>, so that hostile text cannot make a large
/// answer, and never loses one that floors or rejects to many that do not.
/// </summary>
/// <param name="policy">What is done about findings.</param>
/// <param name="hasFloor">True where the deployment declares a floor; without one a floor is a flag.</param>
/// <param name="canFloor">True where the unit has one response, so that a floor can stand in its place.</param>
public sealed class FindingList(HardeningPolicy policy, bool hasFloor = false, bool canFloor = true)
{
    /// <summary>How many findings one item keeps.</summary>
    public const int Capacity = 32;

    /// <summary>How many findings of one rule in one field are kept.</summary>
    public const int PerRule = 8;

    private List<HardeningFinding>? _kept;
    private IHardeningRule? _rule;
    private int _ofRule;

    /// <summary>True where the rule that looks now need not look further.</summary>
    public bool IsFull => _ofRule >= PerRule;

    /// <summary>What was found.</summary>
    public IReadOnlyList<HardeningFinding> Kept => _kept ?? (IReadOnlyList<HardeningFinding>)[];

    /// <summary>Lets a rule look at a field.</summary>
    public void Ask(IHardeningRule rule, in HardeningField field)
    {
        _rule = rule;
        _ofRule = 0;
        rule.Inspect(field, this);
    }

    /// <summary>Adds what the asked rule found.</summary>
    public void Add(in HardeningField field, HardeningSeverity severity, int at, string detail)
    {
        var rule = _rule ?? throw new InvalidOperationException("No rule was asked. This is a bug.");
        var action = policy.For(rule).At(severity);
        if (action == HardeningAction.Off || IsFull)
        {
            return;
        }

        _ofRule++;
        Keep(new HardeningFinding(rule.Name, severity, Done(action, rule, field), field.Name, at, detail));
    }

    private void Keep(HardeningFinding finding)
    {
        _kept ??= [];
        if (_kept.Count < Capacity)
        {
            _kept.Add(finding);
            return;
        }

        var milder = _kept.FindLastIndex(kept => kept.Action < finding.Action);
        if (milder >= 0)
        {
            _kept.RemoveAt(milder);
            _kept.Add(finding);
        }
    }

    private FindingAction Done(HardeningAction wanted, IHardeningRule rule, in HardeningField field)
    {
        if (wanted == HardeningAction.Observe || field.IsParsed)
        {
            return FindingAction.Observed;
        }

        if (rule.Neutralises && (wanted == HardeningAction.Neutralise || field.Scope != HardeningScope.Responses))
        {
            return FindingAction.Neutralised;
        }

        // Only the judged response answers for itself: it must not be floored for what an earlier turn or a tool said.
        return (wanted, field.Scope) switch
        {
            (HardeningAction.Reject, HardeningScope.Responses) => FindingAction.Rejected,
            (HardeningAction.Floor, HardeningScope.Responses) when hasFloor && canFloor => FindingAction.Floored,
            _ => FindingAction.Flagged,
        };
    }
}
