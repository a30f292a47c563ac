using Gateway.Core.Scoring;

namespace Gateway.Core.Aggregation;

/// <summary>Judging two responses in both orders: only what does not depend on the order is decided.</summary>
public static class OrderAgreement
{
    /// <summary>The preference that both orders state; undecided where they differ, a tie against a win included.</summary>
    /// <param name="asGiven">What the judge said of the responses in their order.</param>
    /// <param name="swapped">What it said when it saw them swapped, in its own words: its first is the second response.</param>
    public static Preference Of(Preference asGiven, Preference swapped) => asGiven == Mirror(swapped) ? asGiven : Preference.Undecided;

    /// <summary>The same preference with the two responses swapped.</summary>
    public static Preference Mirror(Preference preference) => preference switch
    {
        Preference.First => Preference.Second,
        Preference.Second => Preference.First,
        _ => preference,
    };
}
