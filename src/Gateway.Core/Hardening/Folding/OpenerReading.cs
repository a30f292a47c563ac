using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A short answer read term by term: what it is made of, as far as openers of answers go.</summary>
/// <param name="vocabulary">The terms that it is read by.</param>
internal ref struct OpenerReading(OpenerTerms vocabulary)
{
    private static readonly byte[][] Neutral = [.. ((string[])["the", "a", "my", "la", "le", "el", "il", "die", "der", "das", "mi", "ma", "mon", "is", "here", "this", "our", "here is", "here's", "here is the", "here's the", "here is my", "here's my"]).Select(Encoding.UTF8.GetBytes)];

    private static readonly byte[][] Articles = [.. ((string[])["a ", "an ", "eine ", "une ", "una ", "uma ", "een ", "en ", "et ", "ett ", "o "]).Select(Encoding.UTF8.GetBytes)];

    /// <summary>True where it opens an answer.</summary>
    public bool HasOpener { get; private set; }

    /// <summary>True where it says "step by step".</summary>
    public bool HasSteps { get; private set; }

    /// <summary>True where it opens an answer in words that are also said in talk.</summary>
    public bool IsTalk { get; private set; }

    /// <summary>True where it thanks or wishes somebody well.</summary>
    public bool HasCourtesy { get; private set; }

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
            if (EmptyMarkup.LengthAt(folded[at..]) is > 0 and var markup)
            {
                at += markup;
            }
            else if (!Term.IsWord(folded[at]))
            {
                at++;
            }
            else if (vocabulary.LongestAt(folded, at, out var end) is { } term)
            {
                // "Answer: yes" is an answer.
                if (HasHeading && term.Meaning == TermClass.Assent)
                {
                    return false;
                }

                See(term, end - at);
                at = term.Meaning is TermClass.Heading or TermClass.Filler ? IndexEnd(folded, end) : end;
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

    /// <summary>True where it says in which manner, and next to nothing else: "bit by bit".</summary>
    public readonly bool IsManner(ReadOnlySpan<byte> folded)
    {
        var words = folded.Trim(" \t\r\n.!*\""u8);
        var first = words[..Math.Max(0, words.IndexOf((byte)' '))];
        return Terms <= 2 && (HasSteps || words.EndsWith(" at a time"u8) || words.IndexOf(" by "u8) > 0 || (!first.IsEmpty && words.EndsWith(first))) && !words.StartsWith("let"u8);
    }

    /// <summary>True where it begins as what names one thing does: "a solution", "eine Lösung".</summary>
    public static bool IsOneThing(ReadOnlySpan<byte> folded)
    {
        foreach (var article in Articles)
        {
            if (folded.StartsWith(article))
            {
                return true;
            }
        }

        return false;
    }

    private void See(Term term, int bytes)
    {
        KnownBytes += bytes;
        Terms++;
        HasOpener |= term.Meaning is TermClass.Opener or TermClass.Intention or TermClass.Steps;
        HasSteps |= term.Meaning == TermClass.Steps;
        IsTalk |= term.Meaning is TermClass.Intention or TermClass.Talk or TermClass.Courtesy;
        HasCourtesy |= term.Meaning == TermClass.Courtesy;
        HasHeading |= term.Meaning == TermClass.Heading;
        HasOther |= term.Meaning is TermClass.Filler or TermClass.Assent && !IsOneOf(Neutral, term.Text);
    }

    // "Step 2:" is as empty as "Step:"; "Answer: 2" is an answer.
    private static int IndexEnd(ReadOnlySpan<byte> folded, int at)
    {
        const int MostDigits = 3;
        var from = at;
        while (from < folded.Length && folded[from] is (byte)' ' or (byte)'#')
        {
            from++;
        }

        var end = from;
        while (end < folded.Length && char.IsAsciiDigit((char)folded[end]))
        {
            end++;
        }

        var colon = folded[end..].TrimStart("* "u8);
        return end > from && end - from <= MostDigits && colon is [(byte)':'] or [(byte)':', (byte)' ' or (byte)'\n' or (byte)'*' or (byte)'\r', ..] ? end : at;
    }

    private static bool IsIn(ReadOnlySpan<byte> prompt, ReadOnlySpan<byte> word)
    {
        var at = prompt.IndexOf(word);
        return at >= 0 && (at == 0 || !Term.IsWord(prompt[at - 1]) || word[0] >= 0xE0);
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
