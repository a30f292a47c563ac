namespace Gateway.Core.Hardening.Folding;

/// <summary>What stands between the signs of a mark, "end of assistant a's answer", word by word: nothing but the words that such marks are made of.</summary>
internal ref struct MarkReading
{
    private const int MostWords = 9;

    private int _words;
    private bool _hasLetter;

    /// <summary>True where it says that something ends or begins.</summary>
    public bool HasEdge { get; private set; }

    /// <summary>How many parts of a conversation it names: "answer", "user".</summary>
    public int Parts { get; private set; }

    /// <summary>How many things it names that only judges are shown: "reference", "rubric".</summary>
    public int OfJudges { get; private set; }

    /// <summary>True where it has no more than the word that something ends or begins.</summary>
    public readonly bool IsEdgeAlone => HasEdge && _words == 1;

    /// <summary>True for the name of a part of a judge's prompt, such as "reference answer" or "candidate a response".</summary>
    public readonly bool IsHeading => OfJudges > 0 && Parts + OfJudges > 1;

    /// <summary>True for one part that a letter tells from another: "output (b)".</summary>
    public readonly bool IsLettered => _hasLetter && !HasEdge && Parts == 1 && _words == 2;

    /// <summary>How many words it has that no mark is made of, as far as they were allowed.</summary>
    public int Unknown { get; private set; }

    /// <summary>Reads folded text to its end; false where it has another word.</summary>
    /// <param name="folded">The folded text.</param>
    /// <param name="mostUnknown">How many other words may be among them.</param>
    public bool Run(ReadOnlySpan<byte> folded, int mostUnknown = 0)
    {
        for (var at = 0; at < folded.Length;)
        {
            if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (++_words > MostWords)
            {
                return false;
            }
            else if (Lexicon.Marks.LongestAt(folded, at, out var end) is { } term)
            {
                See(term.Meaning);
                _hasLetter = end - at == 1 && (folded[at] is (byte)'a' or (byte)'b');
                at = end;
            }
            else if (IsIndex(folded, at, out end))
            {
                _hasLetter = folded[at] is (byte)'a' or (byte)'b';
                at = end;
            }
            else if (Unknown < mostUnknown)
            {
                Unknown++;
                at = Promise.WordEnd(folded, at);
            }
            else
            {
                return false;
            }
        }

        return _words > 0;
    }

    private void See(TermClass meaning)
    {
        HasEdge |= meaning == TermClass.Edge;
        Parts += meaning == TermClass.Part ? 1 : 0;
        OfJudges += meaning == TermClass.OfJudges ? 1 : 0;
    }

    // "a" and "2" in "assistant a", "response 2"; the "s" of "assistant's".
    private static bool IsIndex(ReadOnlySpan<byte> folded, int at, out int end)
    {
        end = at + 1;
        while (end < folded.Length && char.IsAsciiDigit((char)folded[at]) && char.IsAsciiDigit((char)folded[end]))
        {
            end++;
        }

        return folded[at] < 0x80 && (end == folded.Length || !Term.IsWord(folded[end]));
    }
}
