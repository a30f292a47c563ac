using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Judging;

/// <summary>A reward model that can write what it judges by for a prompt, before it sees a response: criteria, a scale, or what the prompt leaves open.</summary>
internal interface ICriteriaModel : IRewardModel
{
    /// <summary>True where it writes something, for every prompt or where an item asks for it.</summary>
    bool Generates { get; }

    /// <summary>What responses to an item's prompt are judged by, where the item asks for all that can be generated.</summary>
    /// <param name="item">The prompt, with no responses.</param>
    /// <param name="cache">Whether what is stored may answer, and what is new is stored.</param>
    /// <param name="deadline">Until when the caller waits.</param>
    /// <param name="cancellation">The caller leaves.</param>
    /// <exception cref="GatewayException">It cannot be had.</exception>
    Task<Generated> CriteriaAsync(HardenedItem item, CacheUse cache, Deadline deadline, CancellationToken cancellation);
}
