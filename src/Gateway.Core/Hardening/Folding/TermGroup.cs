namespace Gateway.Core.Hardening.Folding;

/// <summary>Terms of the same first four bytes that are told apart by as many bytes at the same place.</summary>
internal sealed class TermGroup
{
    private readonly uint[] _more;
    private readonly Term[] _terms;

    /// <summary>A group of terms.</summary>
    /// <param name="key">Their first four bytes.</param>
    /// <param name="mask">Which of the bytes that tell them apart there are.</param>
    /// <param name="inNextWord">True where those are the next word's first bytes, false where they are the four after the key.</param>
    /// <param name="terms">The terms and those bytes.</param>
    public TermGroup(uint key, uint mask, bool inNextWord, IEnumerable<(Term Term, uint More)> terms)
    {
        var sorted = terms.OrderBy(one => one.More).ToArray();
        (Key, Mask, IsInNextWord) = (key, mask, inNextWord);
        _more = [.. sorted.Select(one => one.More)];
        _terms = [.. sorted.Select(one => one.Term)];
    }

    /// <summary>The first four bytes of its terms.</summary>
    public uint Key { get; }

    /// <summary>Which of the bytes that tell them apart there are.</summary>
    public uint Mask { get; }

    /// <summary>True where those are the next word's first bytes.</summary>
    public bool IsInNextWord { get; }

    /// <summary>The bytes that tell its terms apart, sorted.</summary>
    public ReadOnlySpan<uint> More => _more;

    /// <summary>All its terms.</summary>
    public ReadOnlySpan<Term> Terms => _terms;

    /// <summary>Its terms with these bytes.</summary>
    public ReadOnlySpan<Term> With(uint more)
    {
        var first = _more.AsSpan().IndexOf(more);
        if (first < 0)
        {
            return [];
        }

        var count = 1;
        while (first + count < _more.Length && _more[first + count] == more)
        {
            count++;
        }

        return _terms.AsSpan(first, count);
    }
}
