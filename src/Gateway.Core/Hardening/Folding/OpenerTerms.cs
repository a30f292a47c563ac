namespace Gateway.Core.Hardening.Folding;

/// <summary>What content-free answers are made of, by first byte; only short answers are read with it, and most stop it at once.</summary>
internal sealed class OpenerTerms
{
    private readonly Term[]?[] _byFirst = new Term[256][];

    /// <summary>An index of these terms.</summary>
    public OpenerTerms(IEnumerable<Term> terms)
    {
        foreach (var group in terms.OrderByDescending(term => term.Text.Length).GroupBy(term => term.Text[0]))
        {
            _byFirst[group.Key] = [.. group];
        }
    }

    /// <summary>The longest term that begins there, or null.</summary>
    public Term? LongestAt(ReadOnlySpan<byte> folded, int at, out int end)
    {
        foreach (var term in _byFirst[folded[at]] ?? [])
        {
            end = term.EndAt(folded, at);
            if (end >= 0)
            {
                return term;
            }
        }

        end = -1;
        return null;
    }
}
