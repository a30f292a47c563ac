using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A short answer read term by term: what it is made of, as far as openers of answers go.</summary>
internal ref struct OpenerReading
{
    private const int LongestTag = 24;

    private static readonly byte[][] Neutral = [.. ((string[])["the", "a", "my", "la", "le", "el", "il", "die", "der", "das", "mi", "ma", "mon", "is", "here", "this", "our", "here is", "here's", "here is the", "here's the", "here is my", "here's my"]).Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Wrappers = [.. ((string[])["answer", "think", "thinking", "reasoning", "response", "solution", "output", "final", "final_answer", "result"]).Select(Encoding.ASCII.GetBytes)];

    /// <summary>True where it opens an answer.</summary>
    public bool HasOpener { get; private set; }

    /// <summary>True where it has a heading of an answer.</summary>
    public bool HasHeading { get; private set; }

    /// <summary>True where it has more than headings and the words that go with them.</summary>
    public bool HasOther { get; private set; }

    /// <summary>How many terms it has.</summary>
    public int Terms { get; private set; }

    /// <summary>The bytes of its terms.</summary>
    public int KnownBytes { get; private set; }

    /// <summary>The bytes of words that are no terms.</summary>
    public int UnknownBytes { get; private set; }

    /// <summary>Reads to the end; false where a word shows that it is something else than an opener.</summary>
    public bool Run(ReadOnlySpan<byte> folded)
    {
        for (var at = 0; at < folded.Length;)
        {
            if (WrapperEnd(folded, at) is > 0 and var close)
            {
                at = close;
            }
            else if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (Lexicon.Openers.LongestAt(folded, at, out var end) is { } term)
            {
                // "Answer: yes" is an answer.
                if (HasHeading && term.Meaning == TermClass.Assent)
                {
                    return false;
                }

                See(term, end - at);
                at = end;
            }
            else if (Terms == 0 || folded.Length > Promise.Longest || char.IsAsciiDigit((char)folded[at]))
            {
                return false;
            }
            else
            {
                end = Promise.WordEnd(folded, at);
                UnknownBytes += end - at;
                at = end;
            }
        }

        return true;
    }

    private void See(Term term, int bytes)
    {
        KnownBytes += bytes;
        Terms++;
        HasOpener |= term.Meaning == TermClass.Opener;
        HasHeading |= term.Meaning == TermClass.Heading;
        HasOther |= term.Meaning is TermClass.Filler or TermClass.Assent && !IsOneOf(Neutral, term.Text);
    }

    // Where a tag around an answer ends; 0 where there is none.
    private static int WrapperEnd(ReadOnlySpan<byte> folded, int at)
    {
        if (folded[at] != '<')
        {
            return 0;
        }

        var near = folded[at..Math.Min(folded.Length, at + LongestTag)];
        var close = near.IndexOf((byte)'>');
        return close > 0 && IsOneOf(Wrappers, near[1..close].TrimStart((byte)'/').TrimEnd(" /"u8)) ? at + close + 1 : 0;
    }

    private static bool IsOneOf(byte[][] words, ReadOnlySpan<byte> text)
    {
        foreach (var word in words)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
