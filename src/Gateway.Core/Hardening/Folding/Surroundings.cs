namespace Gateway.Core.Hardening.Folding;

/// <summary>What rules ask of a field about the places of what they found, remembered from one question to the next.</summary>
internal sealed class Surroundings
{
    private uint? _askedFor;
    private long _promptRead;
    private long _learnedRead;
    private LearnedFindings? _learned;

    /// <summary>Where folded bytes come from.</summary>
    public Origins Origins { get; } = new();

    /// <summary>Whether places are quoted.</summary>
    public Quotation Quotation { get; } = new();

    /// <summary>How many bytes were read for all questions about the field.</summary>
    public long BytesRead => Origins.BytesRead + Quotation.BytesRead + _promptRead + _learnedRead;

    /// <summary>The next question is about another field.</summary>
    public void Forget()
    {
        Origins.Forget();
        Quotation.Forget();
        (_askedFor, _promptRead, _learned, _learnedRead) = (null, 0, null, 0);
    }

    /// <summary>What the learned reading says of the field.</summary>
    public LearnedFindings Learned(in FoldedText folded, ReadOnlySpan<byte> prompt)
    {
        if (_learned is null)
        {
            _learned = LearnedReading.Of(folded, prompt, out var read);
            _learnedRead += read;
        }

        return _learned.Value;
    }

    /// <summary>True where the prompt speaks of at least one of these.</summary>
    public bool AsksAbout(ReadOnlySpan<byte> prompt, ReadOnlySpan<TermClass> matter)
    {
        if (prompt.IsEmpty || matter.IsEmpty)
        {
            return false;
        }

        var classes = _askedFor ??= Classes(prompt);
        foreach (var meaning in matter)
        {
            if ((classes >> (int)meaning & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }

    private uint Classes(ReadOnlySpan<byte> prompt)
    {
        var classes = 0u;
        foreach (var hit in FoldingMemory.Asked.Fold(prompt, Lexicon.Terms).Terms)
        {
            classes |= 1u << (int)hit.Class;
        }

        FoldingMemory.Asked.Trim();
        _promptRead += prompt.Length;
        return classes;
    }
}
