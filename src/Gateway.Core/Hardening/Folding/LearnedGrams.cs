namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// The words of a folded text as features: each word, each two neighbours, the beginnings of each two neighbours and of each two words with one
/// between them, and runs of characters within a word, of which the space before and behind it is one.
/// </summary>
internal static class LearnedGrams
{
    // Characters in a run: of scripts whose characters are a syllable or more, from Japanese on, and of the others.
    private const int WideFrom = 0xE3;
    private const int MostWide = 3;
    private const int Fewest = 3;
    private const int Most = 5;
    private const int Beginning = 5;
    private const uint OfWord = 9;
    private const uint OfNeighbours = 10;
    private const uint OfBeginnings = 11;
    private const uint OfBeginningsApart = 12;
    private const uint Prime = 0x01000193;

    /// <summary>Adds the features of a folded text.</summary>
    public static void Add(ReadOnlySpan<byte> folded, ref LearnedSum sum)
    {
        var (before, beginning, apart, words) = (0u, 0u, 0u, 0);
        for (var at = 0; at < folded.Length;)
        {
            if (!Term.IsWord(folded[at]))
            {
                at++;
                continue;
            }

            var end = at + 1;
            while (end < folded.Length && Term.IsWord(folded[end]))
            {
                end++;
            }

            var word = folded[at..end];
            AddRuns(word, ref sum);
            var (whole, first) = (Hash(word), Hash(word[..BeginningOf(word)]));
            sum.Add(whole, OfWord);
            if (words >= 1)
            {
                sum.Add(Together(before, whole), OfNeighbours);
                sum.Add(Together(beginning, first), OfBeginnings);
            }

            if (words >= 2)
            {
                sum.Add(Together(apart, first), OfBeginningsApart);
            }

            (before, apart, beginning) = (whole, beginning, first);
            words++;
            at = end;
        }
    }

    // A run may begin with the space before the word and end with the one behind it.
    private static void AddRuns(ReadOnlySpan<byte> word, ref LearnedSum sum)
    {
        AddRunsFrom(word, 0, Next(' ', 0), 1, ref sum);
        for (var at = 0; at < word.Length; at++)
        {
            if (!IsInside(word[at]))
            {
                AddRunsFrom(word, at, 0, 0, ref sum);
            }
        }
    }

    private static void AddRunsFrom(ReadOnlySpan<byte> word, int at, uint hash, int characters, ref LearnedSum sum)
    {
        var isWide = word[at] >= WideFrom;
        var most = isWide ? MostWide : Most;
        while (characters < most && at < word.Length)
        {
            do
            {
                hash = Next(Plain(word[at]), hash);
                at++;
            }
            while (at < word.Length && IsInside(word[at]));

            characters++;
            if (isWide || characters >= Fewest)
            {
                sum.Add(hash, (uint)characters);
            }
        }

        if (characters < most && (isWide || characters + 1 >= Fewest))
        {
            sum.Add(Next(' ', hash), (uint)characters + 1);
        }
    }

    private static int BeginningOf(ReadOnlySpan<byte> word)
    {
        var at = 0;
        for (var characters = 0; at < word.Length; at++)
        {
            if (!IsInside(word[at]) && ++characters > Beginning)
            {
                return at;
            }
        }

        return at;
    }

    private static uint Hash(ReadOnlySpan<byte> word)
    {
        var hash = 0u;
        foreach (var one in word)
        {
            hash = Next(Plain(one), hash);
        }

        return hash;
    }

    private static uint Next(uint plain, uint hash) => (hash * Prime) + plain;

    private static uint Together(uint first, uint second) => (first * 0x2C1B3C6Du) + second;

    // Which digit it is tells nothing, save that 0 makes numbers round.
    private static uint Plain(byte one) => one is >= (byte)'2' and <= (byte)'9' ? '1' : (uint)one;

    private static bool IsInside(byte one) => (one & 0xC0) == 0x80;
}
