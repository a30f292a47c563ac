using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds text that tells a judge what to do: to drop its instructions, to give the best score, to pick this response, to write a given reply.
/// It reads terms of the lexicon that stand together, in any of its languages, homoglyphs, invisible characters and the common encodings undone.
/// </summary>
public sealed class InjectedInstructionRule : IHardeningRule
{
    private static readonly TermClass[] Matter = [TermClass.Judge, TermClass.Instructions, TermClass.Ignore, TermClass.Score, TermClass.Top, TermClass.Reset];

    /// <inheritdoc/>
    public string Name => "injected-instruction";

    /// <inheritdoc/>
    public int Version => 9;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Untrusted;

    /// <inheritdoc/>
    public RuleActions Default => new(HardeningAction.Observe, HardeningAction.Flag, HardeningAction.Flag);

    /// <inheritdoc/>
    public RuleActions Strict => new(HardeningAction.Flag, HardeningAction.Floor, HardeningAction.Floor);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.Folded.Terms.Length >= 2 || field.Folded.Facts.SpacedAt >= 0)
        {
            new InstructionSearch(isAscii: field.Folded.Facts.IsAscii).Run(field, field.Folded, findings, "", fixedAt: -1, Matter);
        }

        if (field.Folded.Facts.SpacedAt >= 0)
        {
            var spaced = SpacedLetters.Join(field.Folded.Bytes, Lexicon.Terms);
            var at = field.Original(field.Folded.Facts.SpacedAt);
            new InstructionSearch(isAscii: true).Run(field, spaced, findings, ", its letters set apart", at, Matter);
            FoldingMemory.Inner.Trim();
        }

        if (field.Folded.Facts.HasSigns && field.Folded.Terms.Length >= 2)
        {
            HiddenOrders.Inspect(field, findings);
        }

        if (DigitLetters.Find(field.Folded.Bytes) is >= 0 and var digits)
        {
            var plain = FoldingMemory.Inner.Fold(DigitLetters.Write(field.Folded.Bytes), Lexicon.Terms);
            new InstructionSearch(isAscii: true).Run(field, plain, findings, ", its letters written as digits", field.Original(digits), Matter);
            FoldingMemory.Inner.Trim();
        }

        EncodedInstructions.Inspect(field, findings);
        Likeness.Add(field, findings, LearnedAttack.Instruction, Matter);
    }
}
