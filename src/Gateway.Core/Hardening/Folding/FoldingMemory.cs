namespace Gateway.Core.Hardening.Folding;

/// <summary>One thread's memory for folding, so that clean text allocates nothing; what a huge text needed is given back.</summary>
internal sealed class FoldingMemory
{
    private const int KeptBytes = 256 * 1024;

    [ThreadStatic]
    private static FoldingMemory? s_outer;

    [ThreadStatic]
    private static FoldingMemory? s_inner;

    [ThreadStatic]
    private static FoldingMemory? s_asked;

    private byte[] _folded = new byte[16 * 1024];
    private TermHit[] _terms = new TermHit[512];
    private readonly TermScanner _scanner = new();

    /// <summary>The memory for the text under inspection.</summary>
    public static FoldingMemory Outer => s_outer ??= new FoldingMemory();

    /// <summary>The memory for text that a rule takes out of it: decoded and collapsed parts.</summary>
    public static FoldingMemory Inner => s_inner ??= new FoldingMemory();

    /// <summary>The memory for the prompt, which is asked about while the others are in use.</summary>
    public static FoldingMemory Asked => s_asked ??= new FoldingMemory();

    /// <summary>What is asked about places in the text that was folded last.</summary>
    public Surroundings Surroundings { get; } = new();

    /// <summary>The folded text with letters that stand apart put together, words run together, and the terms that begin anywhere in it.</summary>
    public FoldedText Join(ReadOnlySpan<byte> folded, LexiconTerms terms)
    {
        Reserve(folded.Length);
        var facts = new TextFacts { IsAscii = true };
        var length = SpacedLetters.Join(folded, _folded);
        _folded.AsSpan(length, TextFolder.Padding).Clear();
        var count = TermScanner.ScanRunTogether(_folded, length, terms, ref _terms);
        return new FoldedText(_folded.AsSpan(0, length), _terms.AsSpan(0, count), facts, Surroundings);
    }

    /// <summary>The text folded, and the terms in it; valid until the next call.</summary>
    public FoldedText Fold(ReadOnlySpan<byte> text, LexiconTerms terms)
    {
        Reserve(text.Length);
        var facts = default(TextFacts);
        var length = TextFolder.Fold(text, _folded, ref facts);
        var count = _scanner.Scan(_folded, length, terms, ref _terms, ref facts);
        return new FoldedText(_folded.AsSpan(0, length), _terms.AsSpan(0, count), facts, Surroundings);
    }

    private void Reserve(int length)
    {
        Surroundings.Forget();
        if (_folded.Length < length + TextFolder.Padding)
        {
            _folded = new byte[length + TextFolder.Padding];
        }
    }

    /// <summary>Gives back what was taken for a huge text.</summary>
    public void Trim()
    {
        if (_folded.Length > KeptBytes || _terms.Length > KeptBytes / 8)
        {
            _folded = new byte[16 * 1024];
            _terms = new TermHit[512];
        }
    }
}
