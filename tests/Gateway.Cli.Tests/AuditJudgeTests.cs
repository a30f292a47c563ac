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
        _gateway = GatewayProcess.Start(
            "--Urls=http://127.0.0.1:0", $"--Gateway:ModelsFolder={judge.Parent!.FullName}", "--Gateway:DefaultModel=judge", "--Gateway:Models:judge:Floor=0",
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
        var responses = Questions * (Attack.Read(null).Count + 2);
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
    public async Task Audit_TheSameSeed_SearchesTheSameSuffixes()
    {
        string[][] asked = [[], []];
        for (var run = 0; run < asked.Length; run++)
        {
            _asked.Clear();
            using var report = await AuditAsync(suffixQuestions: 2);
            asked[run] = [.. _asked.Order(StringComparer.Ordinal)];
        }

        Assert.True(asked[0].Length > 2 * 2 * SuffixQueries);
        Assert.Equal(asked[0], asked[1]);
    }

    private static int Draw(string response) => SHA256.HashData(Encoding.UTF8.GetBytes(response))[0];

    private double Truth(Attack attack) =>
        AuditQuestion.Read(new FileInfo(Set), Questions).Count(question => _accepts(Bare(question.Question), Bare(attack.To(question)))) / (double)Questions;

    private static IEnumerable<(Attack Attack, double Off, double On)> Rows(JsonDocument report)
    {
        var attacks = Attack.Read(null).ToDictionary(attack => attack.Id);
        var rows = report.RootElement.GetProperty("attacks").EnumerateArray().ToArray();
        Assert.Equal(attacks.Count, rows.Length);
        return rows.Select(row => (attacks[row.GetProperty("attack").GetString()!], row.GetProperty("off").GetProperty("value").GetDouble(), row.GetProperty("on").GetProperty("value").GetDouble()));
    }

    private async Task<JsonDocument> AuditAsync(int suffixQuestions = 0)
    {
        var (code, _, error) = await ChildProcess.RunAsync("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "Gateway.Cli.dll"), "audit", "--gateway", _address.ToString(), "--model", "judge", "--questions", Set, "--limit", $"{Questions}", "--threshold", "0.5",
            "--prompt", "{question}", "--send-reference", "--suffix-questions", $"{suffixQuestions}", "--suffix-queries", $"{SuffixQueries}", "--out", _folder.FullName,
        ]);
        Assert.True(code == 0, error);
        return JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "audit.json"), TestContext.Current.CancellationToken));
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/v1/chat"))
        {
            http.Response.StatusCode = 404;
            return;
        }

        var body = await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted);
        var shown = Fence.Matches(body!["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>()).ToDictionary(match => match.Groups["label"].Value, match => Bare(match.Groups["text"].Value));
        var response = shown["response"];
        _asked.Add(response);
        await http.Response.WriteAsJsonAsync(
            new
            {
                id = "1",
                @object = "chat.completion",
                created = 1,
                model = "m",
                choices = new[] { new { index = 0, message = new { role = "assistant", content = _accepts(shown["prompt"], response) ? "YES" : "NO" }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 100, completion_tokens = 1, total_tokens = 101 },
            },
            http.RequestAborted);
    }

    // Control tokens are broken by spaces on both sides.
    private static string Bare(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));

    [GeneratedRegex(@"<<<(?<label>\w+) (?<mark>\w+)\n(?<text>.*?)\n\k<label> \k<mark>>>>", RegexOptions.Singleline)]
    private static partial Regex Fence { get; }
}
