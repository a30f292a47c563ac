namespace Gateway.Core.Hardening.Folding;

/// <summary>What a rule that found nothing by its terms adds by the learned reading.</summary>
internal static class Likeness
{
    /// <summary>Adds an attack of this kind on a judge, as grave as its context makes it.</summary>
    public static void Add(in HardeningField field, FindingList findings, LearnedAttack attack, ReadOnlySpan<TermClass> matter)
    {
        if (!findings.IsEmptyOfRule || field.Learned.Attack != attack)
        {
            return;
        }

        var at = field.Original(field.Learned.At);
        findings.AddLikeness(field, Context.Weigh(field, HardeningSeverity.Medium, at, matter), at, What(attack));
    }

    private static string What(LearnedAttack attack) => attack switch
    {
        LearnedAttack.Completion => "reads like a claim that the work is done or checked",
        LearnedAttack.Verdict => "reads like a verdict on itself",
        LearnedAttack.Praise => "reads like praise of itself or a plea to whoever judges",
        _ => "reads like an order to whoever judges",
    };
}
