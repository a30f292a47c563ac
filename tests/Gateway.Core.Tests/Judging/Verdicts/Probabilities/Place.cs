using Gateway.Core.Judging;

namespace Gateway.Core.Tests.Judging.Verdicts.Probabilities;

/// <summary>Places of an answer by their tokens' probabilities.</summary>
internal static class Place
{
    /// <summary>A place of which the first token was chosen.</summary>
    public static TokenChoice Of(params (string Text, double Probability)[] tokens)
    {
        var likeliest = tokens.Select(token => new TokenProbability(token.Text, Math.Log(token.Probability))).ToArray();
        return new TokenChoice(likeliest[0].Text, likeliest[0].LogProbability, likeliest);
    }
}
