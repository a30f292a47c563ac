using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>A model in whose place another may come while the gateway runs (<see cref="ModelSource.Renew"/>), since it follows what can change.</summary>
internal interface IRenewedModel : IRewardModel;
