using Gateway.Core.Scoring;

namespace Gateway.Core.Judging.Verdicts;

/// <summary>A judge that declines in plain words; asked only where no verdict could be read, since an answer may apologise and judge all the same.</summary>
public static class PlainRefusal
{
    // Longer texts argue; a refusal is brief.
    private const int MostCharacters = 600;

    private static readonly string[] Openings =
    [
        "i'm sorry", "i am sorry", "sorry,", "i apologize", "i apologise", "i can't", "i cannot", "i can not", "i won't", "i will not",
        "i'm unable", "i am unable", "i'm not able", "i am not able", "unfortunately, i can", "as an ai",
    ];

    private static readonly string[] Refused =
    [
        "can't", "cannot", "can not", "won't", "will not", "unable to", "not able to", "not comfortable", "must decline", "have to decline",
    ];

    /// <summary>Whether the text is a short refusal in English.</summary>
    public static bool Is(string text)
    {
        if (text.Length > MostCharacters)
        {
            return false;
        }

        var said = text.TrimStart().Replace('\u2019', '\'');
        return Openings.Any(opening => said.StartsWith(opening, StringComparison.OrdinalIgnoreCase))
            && Refused.Any(word => said.Contains(word, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>What <paramref name="read"/> reads from the reply; its failure on a refusal is of the kind <see cref="ErrorKind.JudgeRefused"/>.</summary>
    /// <exception cref="UnreadableVerdictException">The reply holds no verdict.</exception>
    public static T Reading<T>(JudgeReply reply, Func<JudgeReply, T> read)
    {
        try
        {
            return read(reply);
        }
        catch (UnreadableVerdictException fault) when (fault.Kind == ErrorKind.JudgeUnreadable && Is(reply.Content[VerdictText.AnswerStart(reply.Content)..]))
        {
            throw new UnreadableVerdictException("The judge declined to judge.", ErrorKind.JudgeRefused);
        }
    }
}
