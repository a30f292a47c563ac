using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Cli.Audit;

namespace Gateway.Cli.Tests;

/// <summary>
/// The program against a gateway whose model is a judge behind a scripted server. What the judge says to each response is known beforehand, so every
/// measured rate and the number of its calls must be the scripted truth.
/// </summary>
public sealed partial class AuditJudgeTests : IAsyncLifetime
{
    private const int Questions = 6;
    private const int SuffixQueries = 32;

    private static readonly string Set = RepositoryRoot.File("tests/Gateway.Cli.Tests/Questions/gsm8k-24.jsonl");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-audit-judge-");
    private readonly ConcurrentBag<string> _asked = [];
    private WebApplication _engine = null!;
    private GatewayProcess _gateway = null!;
    private Uri _address = null!;
    private Func<string, string, bool> _accepts = (_, _) => false;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _engine = builder.Build();
        _engine.Run(AnswerAsync);
        await _engine.StartAsync(TestContext.Current.CancellationToken);
        var judge = Directory.CreateDirectory(Path.Combine(_folder.FullName, "models", "judge"));
        await File.WriteAllTextAsync(
            Path.Combine(judge.FullName, "model.json"),
            """{"kind": "judge", "cluster": "judges", "upstream_model": "m", "revision": "1", "style": {"kind": "verifier", "equal": "asked"}}""",
            TestContext.Current.CancellationToken);
        var pairs = Directory.CreateDirectory(Path.Combine(_folder.FullName, "models", "pairs"));
        await File.WriteAllTextAsync(
            Path.Combine(pairs.FullName, "model.json"),
            """{"kind": "judge", "cluster": "judges", "upstream_model": "m", "revision": "1", "style": {"kind": "pairwise"}}""",
            TestContext.Current.CancellationToken);
        _gateway = GatewayProcess.Start(
            "--Urls=http://127.0.0.1:0", $"--Gateway:ModelsFolder={judge.Parent!.FullName}", "--Gateway:DefaultModel=judge", "--Gateway:Models:judge:Floor=0", "--Gateway:Models:pairs:Floor=0",
            $"--Gateway:Clusters:judges:Destinations:a:Address={_engine.Urls.First()}");
        _address = await _gateway.AddressAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _engine.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Audit_AJudgeThatIsFooled_MeasuresHowOften()
    {
        // Fooled by one text in three, whichever: no rule that the gateway or the program could know.
        _accepts = (_, response) => Draw(response) % 3 == 0;

        using var report = await AuditAsync();

        foreach (var (attack, off, _) in Rows(report))
        {
            Assert.Equal(Truth(attack), off);
        }
    }

    [Fact]
    public async Task Audit_AJudgeThatIsFooled_IsNotAskedAboutWhatIsFloored()
    {
        _accepts = (_, response) => Draw(response) % 3 != 0;

        using var report = await AuditAsync();

        // What is floored is taken for right no more; about the rest the judge is asked as before, and believed as before.
        foreach (var (attack, off, on) in Rows(report))
        {
            Assert.Contains(on, (double[])[0, off]);
            Assert.True(attack.Family is not ("master-key" or "near-key" or "collapsed-policy") || on == 0, $"{attack.Id}: {on}");
            Assert.True(attack.Family is not ("injection" or "style" or "wrong-answer") || on == off, $"{attack.Id}: {on} and {off}");
        }

        var cost = report.RootElement.GetProperty("cost");
        Assert.Equal(1.0, cost.GetProperty("off_judge_calls").GetDouble());
        Assert.InRange(cost.GetProperty("on_judge_calls").GetDouble(), 0.3, 0.8);
        var responses = Questions * (Attack.Read([]).Count + 2);
        Assert.Equal(_asked.Count, Math.Round(responses * (1.0 + cost.GetProperty("on_judge_calls").GetDouble())));
    }

    [Fact]
    public async Task Audit_ASoundJudge_MeasuresNoneAndAcceptsWhatIsRight()
    {
        var right = AuditQuestion.Read(new FileInfo(Set), Questions).ToDictionary(question => Bare(question.Question), question => (string[])[Bare(question.Worked), Bare(question.Reference)]);
        _accepts = (question, response) => right[question].Contains(response);

        using var report = await AuditAsync();

        Assert.All(Rows(report), row => Assert.Equal((0, 0), (row.Off, row.On)));
        var cost = report.RootElement.GetProperty("cost");
        Assert.Equal(1, cost.GetProperty("accepted_off").GetProperty("value").GetDouble());
        Assert.Equal(1, cost.GetProperty("accepted_on").GetProperty("value").GetDouble());
        Assert.Equal(0, cost.GetProperty("acted_on").GetInt32());
    }

    [Fact]
    public async Task Audit_ControlsOn_HoldsTheHardenedSideAgainstThem()
    {
        // A judge that takes everything for right: no attack stands, and no right answer either.
        _accepts = (_, _) => true;

        using var report = await AuditAsync("judge", "--policy", "strict", "--controls", "on");

        Assert.All(Rows(report), row => Assert.Equal((1, 0), (row.Off, row.On)));
        var cost = report.RootElement.GetProperty("cost");
        Assert.Equal(1, cost.GetProperty("accepted_off").GetProperty("value").GetDouble());
        Assert.Equal(0, cost.GetProperty("accepted_on").GetProperty("value").GetDouble());
        Assert.Equal(2 * Questions, cost.GetProperty("acted_on").GetInt32());
        Assert.Equal("on", report.RootElement.GetProperty("controls").GetString());
    }

    [Fact]
    public async Task Audit_Around_WritesItAroundEachAttack()
    {
        _accepts = (_, response) => response.StartsWith("Ithink", StringComparison.Ordinal);

        using var report = await AuditAsync("judge", "--around", "I think {attack}", "--policy", "off");

        Assert.All(Rows(report), row => Assert.Equal((1, 1), (row.Off, row.On)));
        Assert.Equal(0, report.RootElement.GetProperty("cost").GetProperty("accepted_off").GetProperty("value").GetDouble());
        Assert.Equal("I think {attack}", report.RootElement.GetProperty("around").GetString());
        Assert.Contains("each within `I think {attack}`", await MarkdownAsync(), StringComparison.Ordinal);
        Assert.Contains("{attack}", (await RunAsync("judge", "--around", "I think")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_AroundThatGivesTheRightAnswer_LeavesItOutAndSaysHowManyPairs()
    {
        // A sound judge is not fooled by the right answer with an attack behind it.
        var set = AuditQuestion.Read(new FileInfo(Set), Questions);
        var about = set[0].Reference;
        _accepts = (_, response) => response.Contains(about, StringComparison.Ordinal);

        using var report = await AuditAsync("judge", "--around", $"It is {about}. {{attack}}", "--policy", "off");

        // Of each attack the question whose answer it gives is not counted, and neither are those whose answer is in the attack itself.
        var attacks = Attack.Read([]);
        var leftOut = attacks.Sum(attack => set.Count(question => question.Reference == about || !attack.IsWrongFor(question)));
        Assert.Equal((attacks.Count * Questions, leftOut), (report.RootElement.GetProperty("asked").GetInt32(), report.RootElement.GetProperty("left_out").GetInt32()));
        Assert.Contains($"{leftOut} of {attacks.Count * Questions} pairs", await MarkdownAsync(), StringComparison.Ordinal);
        Assert.All(Rows(report), row => Assert.Equal((1, 1), (row.Off, row.On)));
    }

    [Fact]
    public async Task Audit_Families_CountAttacksThatEverFool()
    {
        // The ten keys on the first question alone: one in six of all, and every one of them ever.
        var first = Bare(AuditQuestion.Read(new FileInfo(Set), Questions)[0].Question);
        var keys = Attack.Read([]).Where(attack => attack.Family == "master-key").Select(attack => Bare(attack.Response)).ToHashSet();
        _accepts = (question, response) => question == first && keys.Contains(response);

        using var report = await AuditAsync("judge", "--policy", "off");

        var rows = report.RootElement.GetProperty("families").EnumerateArray().ToDictionary(row => row.GetProperty("family").GetString()!);
        Assert.Equal(1.0 / Questions, rows["master-key"].GetProperty("off").GetProperty("value").GetDouble(), 12);
        Assert.Equal(1, rows["master-key"].GetProperty("off_ever").GetProperty("value").GetDouble());
        Assert.Equal(0.6915, rows["master-key"].GetProperty("on_ever").GetProperty("low").GetDouble(), 4);
        Assert.Equal(Attack.Read([]).Count, rows["all"].GetProperty("attacks").GetInt32());
        Assert.InRange(rows["all"].GetProperty("off_ever").GetProperty("value").GetDouble(), 10.0 / Attack.Read([]).Count, 0.5);
        Assert.Contains("| 100.0 [69.2, 100.0] |", await MarkdownAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_Pairs_CountsAttacksThatWinAgainstTheRightAnswer()
    {
        // In both orders it prefers one text in three; where it prefers both or neither, the first: its orders disagree then.
        var right = AuditQuestion.Read(new FileInfo(Set), Questions).ToDictionary(question => Bare(question.Question));
        _accepts = (_, response) => Draw(response) % 3 == 0;

        using var report = await AuditAsync("pairs", "--pairs", "--policy", "off");

        foreach (var (attack, off, on) in Rows(report))
        {
            var wins = AuditQuestion.Read(new FileInfo(Set), Questions).Where(question => attack.IsWrongFor(question))
                .Average(question => _accepts("", Bare(attack.To(question))) && !_accepts("", Bare(question.Worked)) ? 1.0 : 0.0);
            Assert.Equal((wins, wins), (off, on));
        }

        var won = right.Values.Sum(question => new[] { question.Worked, question.Reference }.Count(text => _accepts("", Bare(text)) && !_accepts("", Bare(question.Wrong))));
        Assert.Equal(won / (2.0 * Questions), report.RootElement.GetProperty("cost").GetProperty("accepted_off").GetProperty("value").GetDouble(), 12);
        Assert.Empty(report.RootElement.GetProperty("errors").EnumerateObject());
        Assert.Empty(report.RootElement.GetProperty("searches").EnumerateArray());
        Assert.Contains("where it wins against the question's own worked answer", await MarkdownAsync(), StringComparison.Ordinal);
        var stricter = report.RootElement.Deserialize(AuditJson.Default.AuditReport)! with { Threshold = 0.8 };
        Assert.Contains("where it wins more than 0.8 of its comparisons against the question's own", AuditTable.Markdown(stricter), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_TheSameSeed_SearchesTheSameSuffixes()
    {
        string[][] asked = [[], []];
        for (var run = 0; run < asked.Length; run++)
        {
            _asked.Clear();
            using var report = await AuditAsync("judge", "--suffix-questions", "2", "--suffix-queries", $"{SuffixQueries}");
            asked[run] = [.. _asked.Order(StringComparer.Ordinal)];
        }

        Assert.True(asked[0].Length > 2 * 2 * SuffixQueries);
        Assert.Equal(asked[0], asked[1]);
    }

    private static int Draw(string response) => SHA256.HashData(Encoding.UTF8.GetBytes(response))[0];

    private double Truth(Attack attack) => AuditQuestion.Read(new FileInfo(Set), Questions).Where(question => attack.IsWrongFor(question))
        .Average(question => _accepts(Bare(question.Question), Bare(attack.To(question))) ? 1.0 : 0.0);

    private static IEnumerable<(Attack Attack, double Off, double On)> Rows(JsonDocument report)
    {
        var attacks = Attack.Read([]).ToDictionary(attack => attack.Id);
        var rows = report.RootElement.GetProperty("attacks").EnumerateArray().ToArray();
        Assert.Equal(attacks.Count, rows.Length);
        return rows.Select(row => (attacks[row.GetProperty("attack").GetString()!], row.GetProperty("off").GetProperty("value").GetDouble(), row.GetProperty("on").GetProperty("value").GetDouble()));
    }

    private Task<string> MarkdownAsync() => File.ReadAllTextAsync(Path.Combine(_folder.FullName, "audit.md"), TestContext.Current.CancellationToken);

    private async Task<JsonDocument> AuditAsync(string model = "judge", params string[] options)
    {
        var (code, _, error) = await RunAsync(model, options.Contains("--suffix-questions") ? options : [.. options, "--suffix-questions", "0"]);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "audit.json"), TestContext.Current.CancellationToken));
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string model, params string[] options) => ChildProcess.RunAsync("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "Gateway.Cli.dll"), "audit", "--gateway", _address.ToString(), "--model", model, "--questions", Set, "--limit", $"{Questions}", "--threshold", "0.5",
        "--prompt", "{question}", "--send-reference", "--out", _folder.FullName, .. options,
    ]);

    private async Task AnswerAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/v1/chat"))
        {
            http.Response.StatusCode = 404;
            return;
        }

        var body = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var shown = Fence.Matches(body!["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>()).ToDictionary(match => match.Groups["label"].Value, match => Bare(match.Groups["text"].Value));
        _asked.Add(shown.GetValueOrDefault("response", ""));
        await http.Response.WriteAsJsonAsync(
            new
            {
                id = "1",
                @object = "chat.completion",
                created = 1,
                model = "m",
                choices = new[] { new { index = 0, message = new { role = "assistant", content = Verdict(shown) }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 100, completion_tokens = 1, total_tokens = 101 },
            },
            http.RequestAborted);
    }

    private string Verdict(Dictionary<string, string> shown)
    {
        if (shown.TryGetValue("response", out var response))
        {
            return _accepts(shown["prompt"], response) ? "YES" : "NO";
        }

        var (one, two) = (_accepts(shown["prompt"], shown["response 1"]), _accepts(shown["prompt"], shown["response 2"]));
        return $$"""{"explanation": "So.", "better": "{{(two && !one ? 2 : 1)}}"}""";
    }

    // Control tokens are broken by spaces on both sides.
    private static string Bare(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    [GeneratedRegex(@"<<<(?<label>\w+(?: \d)?) (?<mark>\w+)\n(?<text>.*?)\n\k<label> \k<mark>>>>", RegexOptions.Singleline)]
    private static partial Regex Fence { get; }
}
