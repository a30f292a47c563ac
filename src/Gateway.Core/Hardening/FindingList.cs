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

    /// <summary>How many findings of one rule in one field are weighed against each other.</summary>
    public const int Weighed = 1024;

    private List<HardeningFinding>? _kept;
    private IHardeningRule? _rule;
    private int _weighed;
    private int _ofRule;
    private int _ofGravest;

    /// <summary>True where the rule that looks now need not look further: it has as many of the gravest as are kept, or as many as are weighed.</summary>
    public bool IsFull => _ofGravest >= PerRule || _weighed >= Weighed;

    /// <summary>What was found.</summary>
    public IReadOnlyList<HardeningFinding> Kept => _kept ?? (IReadOnlyList<HardeningFinding>)[];

    /// <summary>Lets a rule look at a field.</summary>
    public void Ask(IHardeningRule rule, in HardeningField field)
    {
        _rule = rule;
        (_weighed, _ofRule, _ofGravest) = (0, 0, 0);
        rule.Inspect(field, this);
    }

    /// <summary>True where the rule that looks now has found nothing yet.</summary>
    internal bool IsEmptyOfRule => _weighed == 0;

    /// <summary>Adds what the asked rule found.</summary>
    public void Add(in HardeningField field, HardeningSeverity severity, int at, string detail) => Add(field, severity, at, detail, HardeningAction.Reject);

    /// <summary>Adds what the asked rule takes a text for by its likeness to others: whatever the policy does about the severity, it is flagged at most.</summary>
    internal void AddLikeness(in HardeningField field, HardeningSeverity severity, int at, string detail) => Add(field, severity, at, detail, HardeningAction.Flag);

    private void Add(in HardeningField field, HardeningSeverity severity, int at, string detail, HardeningAction most)
    {
        var rule = _rule ?? throw new InvalidOperationException("No rule was asked. This is a bug.");
        var actions = policy.For(rule);
        if (IsFull)
        {
            return;
        }

        _weighed++;
        if (actions.At(severity) == HardeningAction.Off)
        {
            return;
        }

        var finding = new HardeningFinding(rule.Name, severity, Done(Milder(actions.At(severity), most), rule, field), field.Name, at, detail);
        // Many mild ones, such as quotations, must not hide a grave one behind them.
        if (_ofRule == PerRule && !ReplaceMilder(finding))
        {
            return;
        }

        if (_ofRule < PerRule)
        {
            _ofRule++;
            Keep(finding);
        }

        _ofGravest += finding.Action == Gravest(actions, rule, field) ? 1 : 0;
    }

    private static HardeningAction Milder(HardeningAction one, HardeningAction other) => one < other ? one : other;

    private bool ReplaceMilder(HardeningFinding finding)
    {
        var milder = _kept!.FindLastIndex(kept => kept.Action < finding.Action && kept.Rule == finding.Rule && kept.Field == finding.Field);
        if (milder < 0)
        {
            return false;
        }

        _kept.RemoveAt(milder);
        _kept.Add(finding);
        return true;
    }

    private FindingAction Gravest(RuleActions actions, IHardeningRule rule, in HardeningField field)
    {
        var (low, medium, high) = (Done(actions.Low, rule, field), Done(actions.Medium, rule, field), Done(actions.High, rule, field));
        var milder = low > medium ? low : medium;
        return high > milder ? high : milder;
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
        if (wanted is HardeningAction.Off or HardeningAction.Observe || field.IsParsed)
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
