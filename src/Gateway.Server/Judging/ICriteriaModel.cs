using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Judging;

/// <summary>A reward model that writes criteria for a prompt before it judges responses by them.</summary>
internal interface ICriteriaModel : IRewardModel
{
    /// <summary>The criteria by which responses to an item's prompt are judged where the item asks for generated ones.</summary>
    /// <param name="item">The prompt, with no responses.</param>
    /// <param name="cache">Whether stored ones may answer, and new ones are stored.</param>
    /// <param name="deadline">Until when the caller waits.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="GatewayException">They cannot be had.</exception>
    Task<Generated> CriteriaAsync(HardenedItem item, CacheUse cache, Deadline deadline, CancellationToken cancellation);
}
