using System.Globalization;

namespace Gateway.Core.Judging.Verdicts.Probabilities;

/// <summary>Reads the expected score from the log-probabilities of the token, or two, that give a number (OPRM, G-Eval's paper form).</summary>
public sealed class DigitReader
{
    private readonly int _lowest;
    private readonly int _highest;
    private readonly double _leastMass;

    /// <summary>A reader for the whole numbers of a scale.</summary>
    /// <param name="lowest">The lowest, from 0 on.</param>
    /// <param name="highest">The highest, above it, 99 at most.</param>
    /// <param name="leastMass">The least probability that the scale's numbers must have together, above 0, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The scale or the mass is none of these.</exception>
    public DigitReader(int lowest, int highest, double leastMass = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lowest);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(highest, lowest);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(highest, 99);
        _lowest = lowest;
        _highest = highest;
        _leastMass = leastMass is > 0 and <= 1 ? leastMass : throw new ArgumentOutOfRangeException(nameof(leastMass), leastMass, "Above 0, at most 1.");
    }

    /// <summary>The probability-weighted score of the answer's first token.</summary>
    /// <remarks>
    /// A digit that also begins a number of the scale, as 1 does on a scale to 10, may be either. Only for the digit that the judge wrote the next token
    /// tells, or the answer's end unless it was cut there; the probability of any other such digit counts as not covered.
    /// </remarks>
    /// <exception cref="UnreadableVerdictException">
    /// The judge declined, has not answered, gives the scale's numbers too little probability, or a log-probability is none.
    /// </exception>
    public DigitExpectation Read(JudgeReply reply)
    {
        var place = AnswerToken.First(reply);
        var (written, list) = (reply.Tokens[place].Text, TokenList.Of(reply.Tokens[place]));
        var next = place + 1 < reply.Tokens.Count ? TokenList.Of(reply.Tokens[place + 1]) : null;
        var probabilities = new double[_highest + 1];
        for (var score = 0; score <= _highest; score++)
        {
            var share = Math.Exp(list.Mass(token => Is(token, score)) ?? double.NegativeInfinity);
            if (score == 0 || score * 10 > _highest)
            {
                probabilities[score] += share;
            }
            else if (Is(written, score) && (next is not null || reply.Stop == JudgeStop.Ended))
            {
                Part(probabilities, score, share, next);
            }
        }

        return Expectation(probabilities);
    }

    // Parts what a digit has between the number itself and the longer ones that it begins.
    private void Part(double[] probabilities, int score, double share, TokenList? next)
    {
        var alone = 1.0;
        for (var digit = 0; digit <= 9 && next is not null; digit++)
        {
            var longer = Math.Exp(next.Mass(token => IsContinuation(token, digit)) ?? double.NegativeInfinity);
            alone -= longer;
            if (score * 10 + digit <= _highest)
            {
                probabilities[score * 10 + digit] += share * longer;
            }
        }

        probabilities[score] += share * Math.Max(alone, 0);
    }

    private DigitExpectation Expectation(double[] probabilities)
    {
        var (mass, sum) = (0.0, 0.0);
        for (var score = _lowest; score <= _highest; score++)
        {
            mass += probabilities[score];
            sum += probabilities[score] * score;
        }

        if (mass < _leastMass)
        {
            throw new UnreadableVerdictException($"The numbers from {_lowest} to {_highest} are too improbable in the reply.");
        }

        // A mean of numbers of the scale lies on it; rounding alone can carry it past an end.
        var mean = Math.Clamp(sum / mass, _lowest, _highest);
        var variance = 0.0;
        for (var score = _lowest; score <= _highest; score++)
        {
            variance += probabilities[score] * (score - mean) * (score - mean);
        }

        return new DigitExpectation(mean, variance / mass, Math.Min(mass, 1));
    }

    private static bool Is(string token, int number) => TokenWords.Plain(token) == number.ToString(CultureInfo.InvariantCulture);

    // A space before it would begin another number.
    private static bool IsContinuation(string token, int digit) => token.Length == 1 && Is(token, digit);
}
