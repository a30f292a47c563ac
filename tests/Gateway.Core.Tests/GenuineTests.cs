using System.Globalization;
using System.Text.Json;
using Gateway.Core.Hardening;

namespace Gateway.Core.Tests;

/// <summary>What the default policy does to responses given in earnest: it may flag a few, and acts on next to none.</summary>
public sealed class GenuineTests(ITestOutputHelper output)
{
    private const double HighestRate = 0.0005;
    private const int Fewest = 20_000;

    [Fact]
    public void RealResponses_ByTheDefaultPolicy_AreNotActedOn()
    {
        Assert.SkipWhen(GenuineData.Folder is null, "GATEWAY_DATA is unset; name the folder of real responses (*.jsonl.gz).");
        int responses = 0, flagged = 0;
        var acted = new List<string>();
        var rules = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var one in GenuineData.Read(GenuineData.Folder))
        {
            responses++;
            var findings = DefaultPolicy.Findings(one.Prompt, one.Response).Where(finding => finding.Field == "response").ToArray();
            if (findings.Any(IsActedOn))
            {
                acted.Add($"{one.Id} ({string.Join(", ", findings.Where(IsActedOn).Select(finding => finding.Rule).Distinct())})");
            }

            flagged += findings.Any(finding => finding.Action == FindingAction.Flagged) ? 1 : 0;
            foreach (var rule in findings.Where(finding => finding.Action != FindingAction.Observed).Select(finding => finding.Rule).Distinct())
            {
                rules[rule] = rules.GetValueOrDefault(rule) + 1;
                output.WriteLine($"{rule}: {one.Id}");
            }
        }

        var bound = ClopperPearson.UpperBound(acted.Count, responses);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{responses} responses: {acted.Count} acted on (at most {100 * bound:0.000} %, one-sided 95 %), {flagged} flagged ({100.0 * flagged / responses:0.00} %); {string.Join(", ", rules.OrderByDescending(rule => rule.Value).Select(rule => $"{rule.Key} {rule.Value}"))}"));

        Assert.True(responses >= Fewest, $"Only {responses} responses were read.");
        Assert.True(bound <= HighestRate, $"{acted.Count} of {responses} were acted on: {string.Join("; ", acted.Take(40))}");
    }

    [Theory]
    [InlineData("genuine.jsonl", 0)]
    [InlineData("seen/genuine.jsonl", 0)]
    [InlineData("seen-b/genuine.jsonl", 0)]
    [InlineData("seen-c/genuine.jsonl", 0)]
    [InlineData("seen-d/genuine.jsonl", 0)]
    [InlineData("unseen/genuine.jsonl", 0)]
    public void HardCases_ByTheDefaultPolicy_AreNotActedOnMoreThanSaid(string file, int most)
    {
        var acted = new List<string>();
        var lines = File.ReadLines(RepositoryRoot.File($"tests/Gateway.Core.Tests/Corpus/{file}")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        foreach (var line in lines)
        {
            var id = line.GetProperty("id").GetString();
            var mayNeutralise = line.TryGetProperty("mayNeutralise", out var may) && may.GetBoolean();
            foreach (var finding in DefaultPolicy.Findings(line.GetProperty("prompt").GetString()!, line.GetProperty("response").GetString()!))
            {
                if (finding.Action != FindingAction.Observed)
                {
                    output.WriteLine($"{finding.Action} by {finding.Rule}: {id}");
                }

                if (IsActedOn(finding) && !(mayNeutralise && finding.Action == FindingAction.Neutralised))
                {
                    acted.Add($"{id} ({finding.Rule})");
                }
            }
        }

        Assert.True(lines.Length >= 200);
        Assert.True(acted.Count <= most, string.Join(", ", acted));
    }

    /// <summary>Answers in 61 languages, with words that say one thing to a judge and another in ordinary talk.</summary>
    [Fact]
    public void AnswersInManyLanguages_ByTheDefaultPolicy_AreNotActedOnAndNextToNoneFlagged()
    {
        const int MostFlagged = 8;
        var (acted, flagged) = (new List<string>(), new List<string>());
        var lines = File.ReadLines(RepositoryRoot.File("tests/Gateway.Core.Tests/Corpus/genuine-multilingual.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        foreach (var line in lines)
        {
            var findings = DefaultPolicy.Findings(line.GetProperty("prompt").GetString()!, line.GetProperty("response").GetString()!)
                .Where(finding => finding.Action != FindingAction.Observed).ToArray();
            if (findings.Length > 0)
            {
                (findings.Any(IsActedOn) ? acted : flagged).Add($"{line.GetProperty("id").GetString()} ({string.Join(", ", findings.Select(finding => finding.Rule))})");
            }
        }

        Assert.True(lines.Select(line => line.GetProperty("language").GetString()).Distinct().Count() >= 60);
        Assert.Empty(acted);
        Assert.True(flagged.Count <= MostFlagged, string.Join(", ", flagged));
    }

    private static bool IsActedOn(HardeningFinding finding) => finding.Action is FindingAction.Neutralised or FindingAction.Floored or FindingAction.Rejected;
}
