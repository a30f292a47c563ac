using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>What several preferences between the same two responses came to.</summary>
/// <param name="Preference">The most frequent one; undecided where two are equally frequent, or most votes are undecided.</param>
/// <param name="Agreement">The share of the most frequent one, from 0 (excluded) to 1.</param>
/// <param name="Count">How many there were.</param>
public sealed record PreferenceVotes(Preference Preference, double Agreement, int Count)
{
    /// <summary>The votes counted; their order does not matter.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no vote.</exception>
    public static PreferenceVotes Of(IReadOnlyList<Preference> votes)
    {
        if (votes.Count == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(votes), "A vote needs one preference at least.");
        }

        var counts = votes.CountBy(vote => vote).ToArray();
        var most = counts.Max(count => count.Value);
        var leading = counts.Where(count => count.Value == most).ToArray();
        return new PreferenceVotes(leading.Length == 1 ? leading[0].Key : Preference.Undecided, (double)most / votes.Count, votes.Count);
    }
}
