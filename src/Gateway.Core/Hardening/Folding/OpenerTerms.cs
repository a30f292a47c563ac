namespace Gateway.Core.Hardening.Folding;

/// <summary>What content-free answers and marks are made of, by their first two bytes; only short texts are read with it, and most stop it at once.</summary>
internal sealed class OpenerTerms
{
    private readonly Term[]?[] _byBeginning = new Term[1 << 16][];

    /// <summary>An index of these terms.</summary>
    public OpenerTerms(IEnumerable<Term> terms)
    {
        // What follows a term of one byte may be anything.
        foreach (var group in terms.OrderByDescending(term => term.Text.Length).SelectMany(Beginnings).GroupBy(one => one.Beginning, one => one.Term))
        {
            _byBeginning[group.Key] = [.. group];
        }
    }

    /// <summary>The longest term that begins there, or null.</summary>
    public Term? LongestAt(ReadOnlySpan<byte> folded, int at, out int end)
    {
        foreach (var term in _byBeginning[Beginning(folded[at], at + 1 < folded.Length ? folded[at + 1] : (byte)0)] ?? [])
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

    private static IEnumerable<(int Beginning, Term Term)> Beginnings(Term term) =>
        term.Text.Length > 1 && term.Text[1] != ' '
            ? [(Beginning(term.Text[0], term.Text[1]), term)]
            : Enumerable.Range(0, 256).Select(second => (Beginning(term.Text[0], (byte)second), term));

    private static int Beginning(byte first, byte second) => (first << 8) | second;
}
