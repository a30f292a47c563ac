using Gateway.Core.Scoring;
using Gateway.Server.Judging.Juries;
using Gateway.Server.Scoring;
using Gateway.Server.Telemetry;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Judging;

/// <summary>The room of the judges.</summary>
internal static class JudgingRoom
{
    /// <summary>Registers the kinds <c>jury</c> and <c>judge</c>; its styles are listed in <see cref="Core.Judging.StyleKinds"/>.</summary>
    public static IServiceCollection AddJudging(this IServiceCollection services)
    {
        services.AddMetrics<JudgeMetrics>();
        services.AddSingleton<JudgeChats>();
        services.AddSingleton<IRewardModelFactory, JudgeModelFactory>();
        services.AddSingleton<CriteriaWriting>();
        services.AddMetrics<JuryMetrics>();
        // The orchestrator knows the models, and a jury asks the orchestrator.
        services.AddSingleton<IRewardModelFactory>(all => new JuryModelFactory(
            all.GetRequiredService<ScoringService>, all.GetRequiredService<IOptions<GatewayOptions>>(), all.GetRequiredService<JuryMetrics>()));
        return services;
    }
}
