namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Reads a text by weights learned from the corpus: a short one whole, a long one around terms that are hardly ever said of anything but judging, and
/// around two of different classes that stand together and one of which is often said of it. Where there is no such place, nothing is read.
/// Linear and in whole numbers.
/// </summary>
internal static class LearnedReading
{
    /// <summary>The most folded bytes of a text that is read whole.</summary>
    public const int Longest = 600;

    private const int Announces = 0;
    private const int Attacks = 1;
    private const int AttacksWithin = 2;
    private const int Together = 120;
    private const int Around = 150;

    // Alone, and beside a term of another class.
    private static readonly uint Cues = Combination.Bits(
        TermClass.Judge, TermClass.Top, TermClass.Self, TermClass.Pick, TermClass.Meets, TermClass.Done, TermClass.Output, TermClass.Reset, TermClass.Lenient,
        TermClass.Pretend, TermClass.Score);

    private static readonly uint CuesOfTwo = Cues | Combination.Bits(
        TermClass.Ignore, TermClass.Model, TermClass.Pressure, TermClass.Assess, TermClass.Praise, TermClass.Expert, TermClass.Authority);

    /// <summary>What the weights say of a folded text.</summary>
    /// <param name="folded">The text.</param>
    /// <param name="prompt">What it answers; its end is read where the text is short.</param>
    /// <param name="bytesRead">How many bytes were read for it.</param>
    public static LearnedFindings Of(in FoldedText folded, ReadOnlySpan<byte> prompt, out long bytesRead)
    {
        if (folded.Bytes.Length > Longest)
        {
            return Within(folded, out bytesRead);
        }

        var asked = FoldingMemory.Asked.Fold(LearnedRelation.End(prompt), Lexicon.Terms).Bytes;
        bytesRead = folded.Bytes.Length + asked.Length;
        return Whole(folded, asked);
    }

    /// <summary>The sums of a text or a part of it on the heads that find (whether it announces, whether it speaks to or for a judge), and of how many features.</summary>
    /// <param name="folded">The folded text.</param>
    /// <param name="prompt">The folded end of what it answers, where it is whole.</param>
    /// <param name="classes">A bit for each class of its terms.</param>
    /// <param name="isWhole">False for a part of a long text, of which only words and terms are read.</param>
    public static (int Announces, int Attacks, int Features) Sums(ReadOnlySpan<byte> folded, ReadOnlySpan<byte> prompt, uint classes, bool isWhole)
    {
        var words = (1 << LearnedWeights.Found.Bits) / 64;
        Span<ulong> seen = stackalloc ulong[words];
        seen.Clear();
        var sum = new LearnedSum(LearnedWeights.Found, seen);
        LearnedGrams.Add(folded, ref sum);
        if (isWhole && !prompt.IsEmpty)
        {
            Span<ulong> asked = stackalloc ulong[words];
            asked.Clear();
            var ofPrompt = new LearnedSum(LearnedWeights.Found, asked);
            LearnedGrams.Add(prompt, ref ofPrompt);
            LearnedRelation.Add(folded, prompt, ofPrompt, ref sum);
        }

        LearnedSigns.AddTerms(classes, ref sum);
        if (isWhole)
        {
            LearnedSigns.AddLooks(folded, ref sum);
        }

        return (sum.On(Announces), sum.On(Attacks), sum.Count);
    }

    /// <summary>Which attack a text is most like, where it is one.</summary>
    public static LearnedAttack Name(ReadOnlySpan<byte> folded, uint classes)
    {
        Span<ulong> seen = stackalloc ulong[(1 << LearnedWeights.Named.Bits) / 64];
        seen.Clear();
        var sum = new LearnedSum(LearnedWeights.Named, seen);
        LearnedGrams.Add(folded, ref sum);
        LearnedSigns.AddTerms(classes, ref sum);
        var best = LearnedAttack.Completion;
        for (var attack = LearnedAttack.Verdict; attack < LearnedAttack.None; attack++)
        {
            best = sum.On((int)attack) > sum.On((int)best) ? attack : best;
        }

        return best;
    }

    private static LearnedFindings Whole(in FoldedText folded, ReadOnlySpan<byte> prompt)
    {
        var classes = Classes(folded.Terms, 0, folded.Bytes.Length);
        var (announces, attacks, features) = Sums(folded.Bytes, prompt, classes, isWhole: true);
        return new LearnedFindings(
            LearnedWeights.Found.IsAbove(Announces, announces, features),
            LearnedWeights.Found.IsAbove(Attacks, attacks, features) ? Name(folded.Bytes, classes) : LearnedAttack.None,
            0);
    }

    // Each part ends well behind the one before it, so that few bytes are read twice.
    private static LearnedFindings Within(in FoldedText folded, out long bytesRead)
    {
        bytesRead = 0;
        var (before, until) = (new TermHit(0, int.MinValue, 0), 0);
        foreach (var hit in folded.Terms)
        {
            var isNear = hit.Class != before.Class && hit.At <= (long)before.End + Together;
            var isCue = Has(Cues, hit) || (isNear && (Has(CuesOfTwo, hit) || Has(CuesOfTwo, before)));
            if (isCue && hit.At >= until)
            {
                var at = isNear ? before.At : hit.At;
                var from = WordAt(folded.Bytes, at - Around);
                until = WordAt(folded.Bytes, hit.End + Around);
                var part = folded.Bytes[from..until];
                bytesRead += part.Length;
                var classes = Classes(folded.Terms, from, until);
                var (_, attacks, features) = Sums(part, default, classes, isWhole: false);
                if (LearnedWeights.Found.IsAbove(AttacksWithin, attacks, features))
                {
                    return new LearnedFindings(false, Name(part, classes), at);
                }
            }

            before = hit;
        }

        return LearnedFindings.None;
    }

    private static bool Has(uint classes, TermHit hit) => (classes >> (int)hit.Class & 1) != 0;

    // Where no word is cut, nor a character of a script without spaces.
    private static int WordAt(ReadOnlySpan<byte> folded, int at)
    {
        const int LongWord = 30;
        at = Math.Clamp(at, 0, folded.Length);
        var end = Math.Min(folded.Length, at + LongWord);
        for (var space = at; space < end; space++)
        {
            if (!Term.IsWord(folded[space]))
            {
                return space;
            }
        }

        while (at < folded.Length && (folded[at] & 0xC0) == 0x80)
        {
            at++;
        }

        return at;
    }

    private static uint Classes(ReadOnlySpan<TermHit> terms, int from, int until)
    {
        var classes = 0u;
        for (var i = TermHit.FirstFrom(terms, from); i < terms.Length && terms[i].At < until; i++)
        {
            classes |= terms[i].End <= until ? 1u << (int)terms[i].Class : 0;
        }

        return classes;
    }
}
