using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>The README does what it says: its commands run, its samples are what comes back, its tables are the code's.</summary>
public sealed partial class ReadmeTests(ReadmeGateway readme)
{
    private const string Curl = "/usr/bin/curl";
    private const string WrongOnPurpose = "\"responses\": []";

    private static readonly string Text = File.ReadAllText(RepositoryRoot.File("README.md"));

    public static TheoryData<string> Commands => [.. Blocks("sh")];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task ShellBlock_AgainstAGateway_AnswersAsItSays(string block)
    {
        Assert.SkipUnless(File.Exists(Curl), "curl is not installed; apt-get install curl");
        var script = $$"""
            curl() { command curl --noproxy '*' -w '\n%{http_code}\n' "$@"; }
            {{block.Replace("http://127.0.0.1:8080", readme.Gateway.Http.BaseAddress!.ToString().TrimEnd('/'), StringComparison.Ordinal)}}
            """;

        var (exitCode, output, error) = await ChildProcess.RunAsync("/bin/bash", ["-euc", script]);

        Assert.True(exitCode == 0, output + error);
        var statuses = output.Split('\n').Where(line => StatusLine.IsMatch(line)).ToArray();
        Assert.Equal(CurlCall.Count(block), statuses.Length);
        Assert.All(statuses, status => Assert.Equal(block.Contains(WrongOnPurpose, StringComparison.Ordinal) ? "400" : "200", status));
    }

    [Fact]
    public void JsonBlocks_All_Parse() => Assert.All(Blocks("json"), block => Assert.NotNull(JsonNode.Parse(block)));

    [Theory]
    [InlineData("/v1/score", "\"rm-mini\"", """{"items": [{"id": "a1", "prompt": "Name a prime number.", "responses": ["7"]}]}""")]
    [InlineData("/v1/score", "\"judgement\"", """{"model": "helpful", "prompt": "What is 2 + 2?", "response": "It is 4.", "options": {"cache": "off"}}""")]
    [InlineData("/v1/criteria", "\"generator\"", """{"model": "helpful", "prompt": "What is 2 + 2?", "options": {"cache": "off"}}""")]
    public async Task ReplySample_Fields_AreThoseOfARealReply(string route, string has, string body)
    {
        var sample = JsonNode.Parse(Blocks("json").Single(block => block.Contains("\"results\"", StringComparison.Ordinal) && block.Contains(has, StringComparison.Ordinal)));

        var (status, reply, _) = await readme.Gateway.PostAsync(route, body);

        Assert.Equal(200, status);
        Assert.Equal(Fields(reply), Fields(sample));
    }

    [Fact]
    public async Task ManifestSample_Fields_AreThoseOfTheEmbeddedModel()
    {
        var sample = JsonNode.Parse(Blocks("json").Single(block => block.Contains("\"tokenizer\"", StringComparison.Ordinal)));
        var real = JsonNode.Parse(await File.ReadAllTextAsync(RepositoryRoot.File("models/rm-mini/model.json"), TestContext.Current.CancellationToken));

        Assert.Equal(Fields(real), Fields(sample));
    }

    [Theory]
    [InlineData("dotnet run -c Release --project src/Gateway.Server")]
    [InlineData("tests/run")]
    public void SetUpCommand_Each_IsThereOnce(string command) => Assert.Equal(1, Text.Split('\n').Count(line => line == "    " + command));

    [Fact]
    public void SetUpCommands_All_AreTwo() =>
        Assert.Equal(2, IndentedCommand.Count(FencedBlock.Replace(Text, "")));

    [Fact]
    public void ErrorTable_Rows_AreTheKindsThatTheCodeGives()
    {
        var rows = TableRow.Matches(Section("### Errors")).Select(row => row.Groups[1].Value.Split('|', StringSplitOptions.TrimEntries)).Where(cells => cells[0].StartsWith('`'))
            .SelectMany(cells => cells[0].Split(", ").Select(kind => (Kind: kind.Trim('`'), Status: cells[1], Retry: cells[2])));

        var expected = KindsGiven().Select(kind => kind.Traits()).Select(traits =>
            (Kind: traits.Name, Status: traits.Name == "overloaded" ? "429 with `Retry-After`" : $"{traits.Status}", Retry: traits.Retryable ? "yes" : "no"));

        Assert.Equal(expected.Order(), rows.Order());
    }

    [Fact]
    public async Task JudgeMetrics_Listed_AreServedForTheJudge()
    {
        var listed = TableRow.Matches(Text).Select(row => row.Groups[1].Value.Split('`')).Where(cells => cells.Length > 1 && cells[1].StartsWith("gateway_judge_", StringComparison.Ordinal))
            .Select(cells => cells[1].Split('{')[0]).ToArray();
        await readme.Gateway.PostAsync("/v1/score", """{"model": "helpful", "prompt": "What is 2 + 2?", "response": "It is 4.", "options": {"cache": "off"}}""");

        var served = (await readme.Gateway.Http.GetStringAsync("/metrics", TestContext.Current.CancellationToken)).Split('\n');

        Assert.Equal(8, listed.Length);
        Assert.All(listed, name => Assert.Contains(served, line =>
            line.StartsWith(name, StringComparison.Ordinal) && line.Contains("judge=\"helpful\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Presets_Listed_AreThoseOfTheCode()
    {
        var listed = Backticked.Matches(Text.Split("\nTemplate presets: ")[1].Split(". ")[0]);

        Assert.Equal(ChatTemplatePresets.Names, listed.Select(name => name.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Links_ToFiles_LeadSomewhere() => Assert.All(
        FileLink.Matches(Text).Select(link => link.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal)),
        link => Assert.True(Path.Exists(RepositoryRoot.File(link)), $"{link} is not there"));

    /// <summary>The kinds that some code outside their table makes.</summary>
    private static IEnumerable<ErrorKind> KindsGiven()
    {
        var sources = Directory.EnumerateFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && Path.GetFileName(file) is not ("ErrorKinds.cs" or "ErrorKind.cs"))
            .Select(File.ReadAllText);
        var code = string.Concat(sources);
        return Enum.GetValues<ErrorKind>().Where(kind => Regex.IsMatch(code, $@"ErrorKind\.{kind}\b"));
    }

    private static IEnumerable<string> Blocks(string language) =>
        FencedBlock.Matches(Text).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    private static string Section(string heading) => Text.Split(heading)[1].Split("\n#")[0];

    /// <summary>Every field's path, list indices left out.</summary>
    private static IEnumerable<string> Fields(JsonNode? node, string path = "$") => (node switch
    {
        JsonObject map => map.SelectMany(field => Fields(field.Value, $"{path}.{field.Key}").Append($"{path}.{field.Key}")),
        JsonArray list => list.SelectMany(item => Fields(item, path + "[]")),
        _ => [],
    }).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"^```(\w*)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock { get; }

    [GeneratedRegex("^    [a-z]", RegexOptions.Multiline)]
    private static partial Regex IndentedCommand { get; }

    [GeneratedRegex(@"^curl ", RegexOptions.Multiline)]
    private static partial Regex CurlCall { get; }

    [GeneratedRegex(@"^\d{3}$")]
    private static partial Regex StatusLine { get; }

    [GeneratedRegex(@"^\| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex TableRow { get; }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Backticked { get; }

    [GeneratedRegex(@"\]\(([^)#]+)\)")]
    private static partial Regex FileLink { get; }
}
