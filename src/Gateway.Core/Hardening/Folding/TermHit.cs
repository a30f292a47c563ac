namespace Gateway.Core.Hardening.Folding;

/// <summary>A term of the lexicon in a folded text.</summary>
/// <param name="At">Where it begins, in bytes of the folded text.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Class">What it means.</param>
internal readonly record struct TermHit(int At, int End, TermClass Class)
{
    /// <summary>The index of the first of a text's terms that begins at a place or behind it; they are in the order of their beginnings.</summary>
    public static int FirstFrom(ReadOnlySpan<TermHit> terms, int from)
    {
        var (low, high) = (0, terms.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = terms[middle].At < from ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
