namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>The tokens listed for one place, checked: each different one once, the chosen one among them.</summary>
internal sealed class TokenList
{
    // Softmax in float32 gives no less than about -104, and servers mark what they left out with numbers far below.
    private const double LeastReal = -200;

    // What rounding may add to a probability of 1.
    private const double Rounding = 1e-3;

    private readonly List<TokenProbability> _tokens = [];

    private TokenList(TokenChoice place)
    {
        foreach (var token in place.Likeliest.Append(new TokenProbability(place.Text, place.LogProbability)))
        {
            if (!(token.LogProbability <= Rounding))
            {
                throw new UnreadableVerdictException("A log-probability of the reply is above 0 or no number.");
            }

            if (_tokens.TrueForAll(other => other.Text != token.Text))
            {
                _tokens.Add(token with { LogProbability = Math.Min(token.LogProbability, 0) });
            }
        }

        if (_tokens.Sum(token => Math.Exp(token.LogProbability)) > 1 + Rounding)
        {
            throw new UnreadableVerdictException("The log-probabilities of the reply come to more than 1.");
        }
    }

    /// <summary>The lowest log-probability that is listed: no token that is missing has a higher one.</summary>
    /// <exception cref="UnreadableVerdictException">The server listed a mark in place of a log-probability, so that nothing is known of what is missing.</exception>
    public double Lowest => Real(_tokens.Min(token => token.LogProbability));

    /// <summary>The list of one place.</summary>
    /// <exception cref="UnreadableVerdictException">A log-probability is none, or they come to more than 1.</exception>
    public static TokenList Of(TokenChoice place) => new(place);

    /// <summary>The logarithm of the tokens' summed probability (log-sum-exp); null where none is listed.</summary>
    /// <exception cref="UnreadableVerdictException">One of them has a mark in place of a log-probability.</exception>
    public double? Mass(Func<string, bool> isOne)
    {
        var logs = _tokens.Where(token => isOne(token.Text)).Select(token => Real(token.LogProbability)).ToArray();
        if (logs.Length == 0)
        {
            return null;
        }

        var highest = logs.Max();
        return highest + Math.Log(logs.Sum(log => Math.Exp(log - highest)));
    }

    private static double Real(double log) => log >= LeastReal
        ? log
        : throw new UnreadableVerdictException("The reply has a mark in place of a log-probability that is needed.");
}
