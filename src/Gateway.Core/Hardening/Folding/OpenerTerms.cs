namespace Gateway.Core.Hardening.Folding;

/// <summary>What content-free answers and marks are made of, by their first two bytes, or their first character where it has three; only short texts are read with it, and most stop it at once.</summary>
internal sealed class OpenerTerms
{
    private readonly TermIndex<Term> _byBeginning;

    /// <summary>An index of these terms.</summary>
    public OpenerTerms(IEnumerable<Term> terms) =>
        _byBeginning = new TermIndex<Term>(terms
            .OrderByDescending(term => term.Text.Length)
            .SelectMany(Beginnings)
            .GroupBy(one => one.Beginning, one => one.Term)
            .Select(group => (group.Key, group.AsEnumerable())));

    /// <summary>The longest term that begins there, or null.</summary>
    public Term? LongestAt(ReadOnlySpan<byte> folded, int at, out int end)
    {
        foreach (var term in _byBeginning.Find(Beginning(folded[at], at + 1 < folded.Length ? folded[at + 1] : (byte)0, at + 2 < folded.Length ? folded[at + 2] : (byte)0)))
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

    // What follows a term of one byte may be anything.
    private static IEnumerable<(ulong Beginning, Term Term)> Beginnings(Term term) =>
        term.Text.Length > 1
            ? [(Beginning(term.Text[0], term.Text[1], term.Text.Length > 2 ? term.Text[2] : (byte)0), term)]
            : Enumerable.Range(0, 256).Select(second => Beginning(term.Text[0], (byte)second, 0)).Distinct().Select(beginning => (beginning, term));

    // What parts words is one kind of second byte, since a space of a term stands for any of it.
    private static ulong Beginning(byte first, byte second, byte third) =>
        first >= 0xE0 ? ((ulong)first << 16) | ((ulong)second << 8) | third : ((ulong)first << 8) | (Term.IsWord(second) ? second : (byte)' ');
}
