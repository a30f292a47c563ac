using Gateway.Core.Scoring;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Judging;

/// <summary>The room of the judges.</summary>
internal static class JudgingRoom
{
    /// <summary>Registers the kind <c>judge</c>; its styles are listed in <see cref="Core.Judging.StyleKinds"/>.</summary>
    public static IServiceCollection AddJudging(this IServiceCollection services)
    {
        services.AddMetrics<JudgeMetrics>();
        services.AddSingleton<IRewardModelFactory, JudgeModelFactory>();
        return services;
    }
}
