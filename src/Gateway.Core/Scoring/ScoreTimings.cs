namespace Gateway.Core.Scoring;

/// <summary>Where the time of one score went; it rides with the item through every hop.</summary>
/// <param name="Queue">Waiting for a worker.</param>
/// <param name="Encode">From text to token ids.</param>
/// <param name="Run">In the model.</param>
/// <param name="Upstream">On another server; of a call with several texts, each text's share.</param>
public readonly record struct ScoreTimings(TimeSpan Queue, TimeSpan Encode, TimeSpan Run, TimeSpan Upstream = default);
