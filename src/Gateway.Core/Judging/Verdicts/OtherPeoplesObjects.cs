namespace Gateway.Core.Judging.Verdicts;

/// <summary>The objects that a judge may repeat but did not make: those that stand in the texts it was sent.</summary>
internal sealed class OtherPeoplesObjects(IReadOnlyList<string> texts)
{
    // Each question costs the length of the texts.
    private const int MostAsked = 64;

    private int _asked;

    /// <summary>Whether the object stands in one of the texts, white space aside.</summary>
    /// <exception cref="UnreadableVerdictException">It was asked about too many objects.</exception>
    public bool Holds(string json)
    {
        if (++_asked > MostAsked)
        {
            throw new UnreadableVerdictException("The reply holds too many verdicts; give one JSON object only.");
        }

        for (var i = 0; i < texts.Count; i++)
        {
            if (Holds(texts[i], json))
            {
                return true;
            }
        }

        return false;
    }

    // An object begins with a brace, and texts have few: the two are compared only there, and no text is copied.
    private static bool Holds(ReadOnlySpan<char> text, ReadOnlySpan<char> json)
    {
        for (int at; (at = text.IndexOf('{')) >= 0; text = text[(at + 1)..])
        {
            if (BeginsWith(text[at..], json))
            {
                return true;
            }
        }

        return false;
    }

    private static bool BeginsWith(ReadOnlySpan<char> text, ReadOnlySpan<char> json)
    {
        var at = 0;
        foreach (var wanted in json)
        {
            if (char.IsWhiteSpace(wanted))
            {
                continue;
            }

            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            if (at == text.Length || text[at++] != wanted)
            {
                return false;
            }
        }

        return true;
    }
}
