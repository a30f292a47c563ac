using Gateway.Core.Scoring;

namespace Gateway.Core.Rubrics;

/// <summary>One question about a response that can be checked by itself.</summary>
/// <param name="Name">A short name, unique in its rubric: letters, digits, dots, hyphens and underscores.</param>
/// <param name="Question">The question, asked of one response.</param>
/// <param name="Weight">How much it counts, above 0; a rubric's score is Σwc/Σw.</param>
/// <param name="Choices">The possible answers from worst to best, two at least; the first is worth 0 and the last 1.</param>
/// <param name="IsPitfall">True where the question asks for a fault, so that the last choice is worth 0 and the first 1.</param>
public sealed record Criterion(string Name, string Question, double Weight, IReadOnlyList<string> Choices, bool IsPitfall)
{
    /// <summary>The answers of a question that can only be met or not.</summary>
    public static IReadOnlyList<string> YesOrNo { get; } = ["no", "yes"];

    /// <summary>What the choice at that place is worth, from 0 to 1.</summary>
    public double Worth(int choice)
    {
        var share = choice / (double)(Choices.Count - 1);
        return IsPitfall ? 1 - share : share;
    }

    internal void AddTo(ref KeyHash hash)
    {
        hash.Append(Name);
        hash.Append(Question);
        hash.Append(BitConverter.DoubleToInt64Bits(Weight).ToString("x16", System.Globalization.CultureInfo.InvariantCulture));
        hash.Append(Choices.Count);
        for (var i = 0; i < Choices.Count; i++)
        {
            hash.Append(Choices[i]);
        }

        hash.Append(IsPitfall ? 1 : 0);
    }
}
