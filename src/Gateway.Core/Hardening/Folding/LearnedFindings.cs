namespace Gateway.Core.Hardening.Folding;

/// <summary>What the learned reading says of a text.</summary>
/// <param name="Announces">True where a short text announces an answer, puts it off or points elsewhere, and gives none.</param>
/// <param name="Attack">What it is that speaks to or for a judge.</param>
/// <param name="At">Where that begins, in bytes of the folded text.</param>
internal readonly record struct LearnedFindings(bool Announces, LearnedAttack Attack, int At)
{
    /// <summary>Nothing was found.</summary>
    public static LearnedFindings None { get; } = new(false, LearnedAttack.None, 0);
}
