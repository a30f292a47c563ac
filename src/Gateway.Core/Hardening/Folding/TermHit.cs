namespace Gateway.Core.Hardening.Folding;

/// <summary>A term of the lexicon in a folded text.</summary>
/// <param name="At">Where it begins, in bytes of the folded text.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Class">What it means.</param>
internal readonly record struct TermHit(int At, int End, TermClass Class);
