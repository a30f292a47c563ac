using System.Text;

namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>Finds the token with which a judge's answer begins.</summary>
public static class AnswerToken
{
    /// <summary>The place in <see cref="JudgeReply.Tokens"/> of the first token with more than white space behind the last reasoning close tag.</summary>
    /// <exception cref="UnreadableVerdictException">The judge declined, or the reply has no log-probabilities for an answer.</exception>
    public static int First(JudgeReply reply)
    {
        VerdictText.ThrowIfDeclined(reply);
        var text = new StringBuilder();
        foreach (var token in reply.Tokens)
        {
            text.Append(token.Text);
        }

        var (start, at) = (VerdictText.AnswerStart(text.ToString()), 0);
        for (var place = 0; place < reply.Tokens.Count; place++)
        {
            if (at >= start && TokenWords.Plain(reply.Tokens[place].Text).Length > 0)
            {
                return place;
            }

            at += reply.Tokens[place].Text.Length;
        }

        throw new UnreadableVerdictException("The reply has no log-probabilities for its answer.");
    }
}
