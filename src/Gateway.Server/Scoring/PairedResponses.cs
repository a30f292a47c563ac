using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Scoring;

/// <summary>From what the units of a pairwise model got to what each response got, and the comparisons it comes from.</summary>
internal static class PairedResponses
{
    /// <summary>The responses and comparisons of each item.</summary>
    /// <param name="plan">Which unit compares what.</param>
    /// <param name="byUnit">What the two responses of each unit got, in the units' order.</param>
    public static (IReadOnlyList<IReadOnlyList<ScoredResponse>> Items, IReadOnlyList<IReadOnlyList<Comparison>> Comparisons) Of(
        ItemPlan plan, IReadOnlyList<IReadOnlyList<ScoredResponse>> byUnit)
    {
        var comparisons = plan.ResponseCounts.Select(_ => new List<Comparison>()).ToArray();
        var seen = plan.ResponseCounts.Select(count => Enumerable.Range(0, count).Select(_ => new Seen()).ToArray()).ToArray();
        for (var unit = 0; unit < plan.Pairs!.Count; unit++)
        {
            var pair = plan.Pairs[unit];
            var (a, b) = pair.IsSwapped ? (1, 0) : (0, 1);
            comparisons[pair.Item].Add(new Comparison(pair.A, pair.B, byUnit[unit][a].Result));
            seen[pair.Item][pair.A].Add(byUnit[unit][a], a);
            seen[pair.Item][pair.B].Add(byUnit[unit][b], b);
        }

        var items = comparisons.Select((own, item) => PairTally.Of(plan.ResponseCounts[item], own)
            .Select((result, response) => new ScoredResponse(result, seen[item][response].Findings, seen[item][response].AllCached))
            .ToArray());
        return ([.. items], comparisons);
    }

    /// <summary>What the comparisons of one response saw of it.</summary>
    private sealed class Seen
    {
        private readonly List<HardeningFinding> _findings = [];

        public bool AllCached { get; private set; } = true;

        public IReadOnlyList<HardeningFinding> Findings => _findings;

        public void Add(in ScoredResponse compared, int place)
        {
            AllCached &= compared.IsCached;
            foreach (var finding in compared.Findings)
            {
                // A unit numbers its two responses; a response is only told of its own and of what the prompt holds.
                var own = finding.Field == $"responses[{place}]";
                if (!own && finding.Field.StartsWith("responses[", StringComparison.Ordinal))
                {
                    continue;
                }

                var found = own ? finding with { Field = "response" } : finding;
                if (!_findings.Contains(found))
                {
                    _findings.Add(found);
                }
            }
        }
    }
}
