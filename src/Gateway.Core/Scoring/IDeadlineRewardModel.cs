using Gateway.Core.Hardening;

namespace Gateway.Core.Scoring;

/// <summary>A reward model that passes on how long its results are waited for: one whose work other servers do.</summary>
public interface IDeadlineRewardModel : IRewardModel
{
    /// <summary>
    /// Scores items as <see cref="IRewardModel.ScoreAsync"/> does. The deadline is to be told to others and to save work that would come too late;
    /// it may move out meanwhile, and what ends the call is <paramref name="cancellation"/> alone.
    /// </summary>
    Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, Deadline deadline, CancellationToken cancellation);
}
