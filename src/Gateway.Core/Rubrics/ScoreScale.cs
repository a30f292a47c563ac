using Gateway.Core.Scoring;

namespace Gateway.Core.Rubrics;

/// <summary>The whole numbers that a judge may give.</summary>
/// <param name="Lowest">The worst.</param>
/// <param name="Highest">The best, above <paramref name="Lowest"/>.</param>
/// <param name="Descriptions">What each number means, from the lowest to the highest; empty where nobody said.</param>
public sealed record ScoreScale(int Lowest, int Highest, IReadOnlyList<string> Descriptions)
{
    /// <summary>1 to 5, without descriptions.</summary>
    public static ScoreScale OneToFive { get; } = new(1, 5, []);

    internal void AddTo(ref KeyHash hash)
    {
        hash.Append(Lowest);
        hash.Append(Highest);
        hash.Append(Descriptions.Count);
        for (var i = 0; i < Descriptions.Count; i++)
        {
            hash.Append(Descriptions[i]);
        }
    }
}
