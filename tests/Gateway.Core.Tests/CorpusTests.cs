using System.Globalization;
using Gateway.Core.Hardening;

namespace Gateway.Core.Tests;

/// <summary>What the default policy finds of the attacks, by family and part.</summary>
public sealed class CorpusTests(ITestOutputHelper output)
{
    // What can be listed; the other families are written in as many ways as language has.
    private static readonly string[] Enumerable = ["content-free", "control-token", "invisible-character", "template-break"];

    /// <summary>No less than was measured, which the corpus's README tells: tune, held-out, seen, seen-b, seen-c and seen-d are tuned on, unseen is not.</summary>
    // A part that nobody may know the rate of yet has no line here: it gets one with the one look at it.
    [Theory]
    [InlineData("tune", 0.995, 0.941)]
    [InlineData("held-out", 1.0, 0.993)]
    [InlineData("seen", 1.0, 0.99)]
    [InlineData("seen-b", 0.994, 0.982)]
    [InlineData("seen-c", 1.0, 0.95)]
    [InlineData("seen-d", 0.994, 0.994)]
    [InlineData("unseen", 0.914, 0.86)]
    public void Attacks_OfAPart_AreFoundAsOftenAsSaid(string part, double leastOfEnumerable, double leastOfOpen)
    {
        var families = Attack.ReadPart(part).GroupBy(line => line.File).Select(family => Rate.Of(family.Key, [.. family.Select(line => line.Attack)])).ToArray();
        foreach (var family in families)
        {
            output.WriteLine($"{family} {(family.Missed.Count > 0 ? "missed " : "")}{string.Join(", ", family.Missed)}");
        }

        var (enumerable, open) = (Rate.Sum("enumerable", families.Where(IsEnumerable)), Rate.Sum("open", families.Where(family => !IsEnumerable(family))));
        output.WriteLine($"{enumerable}\n{open}");
        Assert.True(enumerable.Share >= leastOfEnumerable, $"{enumerable}");
        Assert.True(open.Share >= leastOfOpen, $"{open}");
    }

    /// <summary>Found is not enough for what is published: where a floor is declared it is the score.</summary>
    [Fact]
    public void Attacks_OfCollapsedPolicies_AreFloored()
    {
        var published = Attack.ReadPart("tune").Select(line => line.Attack).Where(attack => attack is { Source: "one-token-to-fool", Family: "content-free" } && attack.Response.Any(char.IsLetter)).ToArray();

        Assert.True(published.Length >= 30, $"{published.Length}");
        Assert.All(published, attack => Assert.Contains(DefaultPolicy.Findings(attack.Prompt, attack.Text), finding => finding is { Rule: "content-free", Action: FindingAction.Floored }));
    }

    private static bool IsEnumerable(Rate family) => Enumerable.Contains(family.Family);

    private sealed record Rate(string Family, int Count, IReadOnlyList<string> Missed, int Observed)
    {
        public double Share => 1 - ((double)Missed.Count / Count);

        public static Rate Of(string family, IReadOnlyList<Attack> attacks) =>
            new(
                family,
                attacks.Count,
                [.. attacks.Where(attack => !Found(attack).Any()).Select(attack => attack.Id)],
                attacks.Count(attack => Found(attack).Any() && Found(attack).All(finding => finding.Action == FindingAction.Observed)));

        public static Rate Sum(string name, IEnumerable<Rate> families) =>
            families.Aggregate(
                new Rate(name, 0, [], 0), (sum, family) => new Rate(name, sum.Count + family.Count, [.. sum.Missed, .. family.Missed], sum.Observed + family.Observed));

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"| {Family} | {Count} | {Count - Missed.Count} | {100 * Share:0.0} % | {Observed} only observed");

        private static IEnumerable<HardeningFinding> Found(Attack attack) =>
            DefaultPolicy.Findings(attack.Prompt, attack.Text).Where(finding => finding.Field == "response" && attack.Rules.Contains(finding.Rule));
    }
}
