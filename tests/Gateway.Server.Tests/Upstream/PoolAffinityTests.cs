using System.Globalization;
using Gateway.Server.Upstream;

namespace Gateway.Server.Tests.Upstream;

/// <summary>What prefix affinity is worth beside a choice at random and the less loaded of two, on the same simulated traffic.</summary>
public sealed class PoolAffinityTests(ITestOutputHelper output)
{
    [Fact]
    public void Pick_ReinforcementLearningTraffic_BeatsRandomChoice()
    {
        var random = Run("random", seed => AtRandom(seed));
        var two = Run("less loaded of two", seed => Choosing(seed, affinity: false));
        var affinity = Run("affinity, bounded load", seed => Choosing(seed, affinity: true));

        for (var seed = 0; seed < random.Length; seed++)
        {
            Assert.True(affinity[seed].PromptHits > random[seed].PromptHits + 25, $"{affinity[seed].PromptHits} beside {random[seed].PromptHits}");
            Assert.True(affinity[seed].PromptHits > two[seed].PromptHits + 25, $"{affinity[seed].PromptHits} beside {two[seed].PromptHits}");
            Assert.True(affinity[seed].Seconds < 0.85 * random[seed].Seconds, $"{affinity[seed].Seconds} s beside {random[seed].Seconds} s");
            Assert.True(affinity[seed].Seconds < two[seed].Seconds, $"{affinity[seed].Seconds} s beside {two[seed].Seconds} s");
            Assert.True(affinity[seed].Imbalance < random[seed].Imbalance, $"{affinity[seed].Imbalance} beside {random[seed].Imbalance}");
            Assert.True(affinity[seed].Imbalance < 1.3, $"the most loaded has {affinity[seed].Imbalance} times the mean");
        }
    }

    private PrefixTraffic.Figures[] Run(string name, Func<int, Func<Candidate[], PromptPrefix, int>> choice)
    {
        PrefixTraffic.Figures[] figures = [.. Enumerable.Range(1, 5).Select(seed => new PrefixTraffic(seed).Run(choice(seed)))];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {figures.Average(one => one.PromptHits):0.0} | {figures.Average(one => one.SystemHits):0.0} | {figures.Average(one => one.Imbalance):0.00} | {figures.Average(one => one.Seconds):0.0} |"));
        return figures;
    }

    private static Func<Candidate[], PromptPrefix, int> AtRandom(int seed)
    {
        var random = new Random(seed);
        return (candidates, _) => random.Next(candidates.Length);
    }

    private static Func<Candidate[], PromptPrefix, int> Choosing(int seed, bool affinity)
    {
        var choice = new DestinationChoice(new Random(seed));
        var percent = new ClusterOptions().AffinityPercent;
        return (candidates, prefix) =>
        {
            var wanted = affinity ? prefix : PromptPrefix.None;
            var picked = choice.Pick(candidates, wanted, percent);
            choice.Remember(wanted, candidates[picked].Slot);
            return picked;
        };
    }
}
