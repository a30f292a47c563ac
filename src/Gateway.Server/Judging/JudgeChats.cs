using Gateway.Core.Manifest;
using Gateway.Server.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Chat;
using Microsoft.Extensions.Options;

namespace Gateway.Server.Judging;

/// <summary>What judges ask with: clusters that are there, and a chat client within the judge's limits.</summary>
internal sealed class JudgeChats(UpstreamPool pool, IOptions<GatewayOptions> options, JudgeMetrics metrics, TimeProvider clock)
{
    /// <summary>What a cluster's destinations run.</summary>
    public Engine EngineOf(string cluster) => pool.Find(cluster)?.Options.Engine ?? Engine.None;

    /// <summary>How many calls a judge of this cluster has under way at most.</summary>
    public int ConcurrencyOf(string judge, string cluster) => Math.Min(
        Of(judge).Limits.MaxConcurrency,
        pool.Find(cluster) is { Destinations.Count: > 0 and var count, Options.Concurrency: var each } ? (int)Math.Min(int.MaxValue, (long)count * each) : 1);

    /// <summary>Says so where a cluster is not configured.</summary>
    public void Check(string cluster, List<string> problems)
    {
        if (pool.Find(cluster) is null)
        {
            var known = pool.Clusters.Select(one => one.Name).Order(StringComparer.Ordinal).ToArray();
            problems.Add(
                $"'cluster' is '{cluster}', which is not configured; add {ClusterOptions.Section}:{cluster}:Destinations:<name>:Address. "
                + (known.Length == 0 ? "No cluster is configured." : Nearest.Hint(cluster, known)));
        }
    }

    /// <summary>The limits of a judge.</summary>
    public JudgeLimits LimitsOf(string judge) => new(judge, Of(judge).Limits, clock, metrics);

    /// <summary>What a judge's tokens cost.</summary>
    public JudgePrices PricesOf(string judge) => Of(judge).Prices;

    /// <summary>A judge's chat client.</summary>
    public JudgeChat Make(string judge, ChatSettings settings, JudgeLimits limits) =>
        new(new OpenAiChat(pool, settings, clock), judge, limits, PricesOf(judge), metrics);

    private ModelOptions Of(string judge) => options.Value.Models.GetValueOrDefault(judge) ?? new ModelOptions();
}
