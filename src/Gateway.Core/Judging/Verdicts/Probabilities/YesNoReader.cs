namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>Reads yes or no from the log-probabilities of one token (ZYN, IPO, RLBFF): ln P(yes) − ln P(no).</summary>
/// <param name="Yes">The words for yes; every listed variant counts, by log-sum-exp.</param>
/// <param name="No">The words for no.</param>
public sealed record YesNoReader(TokenWords Yes, TokenWords No)
{
    /// <summary>The least probability that yes and no must have together, from 0 to 1; below, the judge said something else.</summary>
    public double LeastMass { get; init; } = 0.01;

    /// <summary>English yes and no.</summary>
    public static YesNoReader English { get; } = new(new TokenWords(["yes"]), new TokenWords(["no"]));

    /// <summary>What the first token of the answer says, as <see cref="Read(TokenChoice)"/>; the answer may end there, by its limit too.</summary>
    /// <exception cref="UnreadableVerdictException">The judge declined, has not answered, or says neither.</exception>
    public YesNo Read(JudgeReply reply) => Read(reply.Tokens[AnswerToken.First(reply)]);

    /// <summary>What the place says; where only one of the two is listed, a bound, since the other has at most the lowest listed log-probability.</summary>
    /// <exception cref="UnreadableVerdictException">Neither is listed, they have too little probability, or a log-probability is none.</exception>
    public YesNo Read(TokenChoice place)
    {
        var list = TokenList.Of(place);
        var (yes, no) = (list.Mass(Yes.Are), list.Mass(No.Are));
        if (yes is null && no is null)
        {
            throw new UnreadableVerdictException("Neither yes nor no is among the likeliest tokens of the reply.");
        }

        var mass = Math.Exp(yes ?? double.NegativeInfinity) + Math.Exp(no ?? double.NegativeInfinity);
        if (mass < LeastMass)
        {
            throw new UnreadableVerdictException("Yes and no are too improbable in the reply.");
        }

        var bound = yes is null ? YesNoBound.AtMost : no is null ? YesNoBound.AtLeast : YesNoBound.Exact;
        return new YesNo((yes ?? list.Lowest) - (no ?? list.Lowest), bound, Math.Min(mass, 1));
    }
}
