namespace Gateway.Core.Scoring;

/// <summary>Where the time of one score went; it rides with the item through every hop.</summary>
/// <param name="Queue">Waiting for a worker.</param>
/// <param name="Encode">From text to token ids.</param>
/// <param name="Run">In the model.</param>
/// <param name="Upstream">On another server; of a call with several texts, each text's share.</param>
public readonly record struct ScoreTimings(TimeSpan Queue, TimeSpan Encode, TimeSpan Run, TimeSpan Upstream = default)
{
    /// <summary>Both together: the longer wait, and the sums of the other times.</summary>
    public static ScoreTimings operator +(ScoreTimings one, ScoreTimings other) => new(
        one.Queue > other.Queue ? one.Queue : other.Queue, one.Encode + other.Encode, one.Run + other.Run, one.Upstream + other.Upstream);
}
