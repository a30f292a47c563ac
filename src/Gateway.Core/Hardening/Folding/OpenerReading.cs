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

    /// <summary>True where it opens an answer in words that are also said in talk.</summary>
    public bool IsTalk { get; private set; }

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
    /// <param name="folded">The folded answer.</param>
    /// <param name="prompt">The folded prompt, whose words are neither known nor unknown; empty to count them as others.</param>
    public bool Run(ReadOnlySpan<byte> folded, ReadOnlySpan<byte> prompt)
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
            else if (folded.Length > Promise.Longest || char.IsAsciiDigit((char)folded[at]) || UnknownBytes * 4 > folded.Length)
            {
                return false;
            }
            else
            {
                end = Promise.WordEnd(folded, at);
                UnknownBytes += IsIn(prompt, folded[at..end]) ? 0 : end - at;
                at = end;
            }
        }

        return true;
    }

    private void See(Term term, int bytes)
    {
        KnownBytes += bytes;
        Terms++;
        HasOpener |= term.Meaning is TermClass.Opener or TermClass.Intention;
        IsTalk |= term.Meaning is TermClass.Intention or TermClass.Talk;
        HasHeading |= term.Meaning == TermClass.Heading;
        HasOther |= term.Meaning is TermClass.Filler or TermClass.Assent && !IsOneOf(Neutral, term.Text);
    }

    private static bool IsIn(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> word)
    {
        var at = prompt.IndexOf(word);
        return at >= 0 && (at == 0 || !Term.IsWord(prompt[at - 1]) || word[0] >= 0xE0);
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
