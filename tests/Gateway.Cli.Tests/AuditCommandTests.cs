using System.Text.Json;

namespace Gateway.Cli.Tests;

/// <summary>The program against a gateway of its own that serves the verifier, as an engineer runs both.</summary>
public sealed class AuditCommandTests : IAsyncLifetime
{
    private static readonly string Questions = RepositoryRoot.File("tests/Gateway.Cli.Tests/Questions/gsm8k-24.jsonl");

    private readonly DirectoryInfo _out = Directory.CreateTempSubdirectory("gateway-audit-");
    private GatewayProcess _gateway = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = GatewayProcess.Start("--Urls=http://127.0.0.1:0", $"--Gateway:ModelsFolder={RepositoryRoot.File("audit/models")}", "--Gateway:DefaultModel=verifier-mini", "--Gateway:Models:verifier-mini:Floor=-20");
        _address = await _gateway.AddressAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _out.Delete(recursive: true);
    }

    [Fact]
    public async Task Audit_TheVerifier_ReportsWhatTheGatewayAnswers()
    {
        var (code, output, error) = await RunAsync("--model", "verifier-mini", "--questions", Questions, "--threshold", "0", "--suffix-questions", "2", "--suffix-queries", "32", "--out", _out.FullName);

        Assert.True(code == 0, error);
        Assert.Contains("master-key", output, StringComparison.Ordinal);
        Assert.Contains("Right answers", output, StringComparison.Ordinal);
        using var report = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(_out.FullName, "audit.json"), TestContext.Current.CancellationToken));
        Assert.Equal(24, report.RootElement.GetProperty("sets").GetProperty("gsm8k-24").GetInt32());
        Assert.Equal(48, report.RootElement.GetProperty("cost").GetProperty("right").GetInt32());
        var space = report.RootElement.GetProperty("attacks").EnumerateArray().Single(row => row.GetProperty("attack").GetString() == "master-key-1");
        Assert.Equal(await AcceptedAsync(" ") / 24.0, space.GetProperty("off").GetProperty("value").GetDouble(), 12);
        Assert.Equal(0, space.GetProperty("on").GetProperty("value").GetDouble());
        Assert.StartsWith("<?xml", await File.ReadAllTextAsync(Path.Combine(_out.FullName, "audit.svg"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("| gsm8k-24 | master-key-1 |", await File.ReadAllTextAsync(Path.Combine(_out.FullName, "audit.md"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody", "0", "No model is named 'nobody'")]
    [InlineData("verifier-mini", "high", "give a number or 'right'")]
    public async Task Audit_WrongArguments_SaysSo(string model, string threshold, string expected)
    {
        var (code, output, error) = await RunAsync("--model", model, "--questions", Questions, "--threshold", threshold, "--out", _out.FullName);

        Assert.Equal(1, code);
        Assert.Contains(expected, output + error, StringComparison.Ordinal);
        Assert.Empty(_out.GetFiles());
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("ftp://127.0.0.1")]
    public async Task Audit_NoAddress_SaysSo(string address)
    {
        var (code, output, error) = await ChildProcess.RunAsync("dotnet", [Program, "audit", "--gateway", address, "--model", "m", "--questions", Questions]);

        Assert.Equal(1, code);
        Assert.Contains($"--gateway is '{address}'", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_NoGateway_SaysSo()
    {
        var (code, _, error) = await ChildProcess.RunAsync(
            "dotnet", [Program, "audit", "--gateway", "http://127.0.0.1:1", "--model", "m", "--questions", Questions, "--out", _out.FullName]);

        Assert.Equal(1, code);
        Assert.Contains("Is a gateway running at http://127.0.0.1:1/?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Audit_Interrupted_EndsAndWritesNothing()
    {
        using var audit = ChildProcess.Start("dotnet", [Program, "audit", "--gateway", _address.ToString(), "--model", "verifier-mini", "--questions", Questions, "--suffix-questions", "24", "--suffix-queries", "100000", "--out", _out.FullName]);
        var error = audit.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = _address };
        while (!(await http.GetStringAsync("metrics", TestContext.Current.CancellationToken)).Contains("gateway_hardening_findings_total{", StringComparison.Ordinal))
        {
            await Task.Yield();
        }

        Assert.Equal(0, (await ChildProcess.RunAsync("/bin/sh", ["-c", $"kill -INT {audit.Id}"])).ExitCode);
        await audit.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(130, audit.ExitCode);
        Assert.Contains("Stopped; nothing was written.", await error, StringComparison.Ordinal);
        Assert.Empty(_out.GetFiles());
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "Gateway.Cli.dll");

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        ChildProcess.RunAsync("dotnet", [Program, "audit", "--gateway", _address.ToString(), .. arguments]);

    /// <summary>Asked without the program: how many questions' logits are above 0 for this response.</summary>
    private async Task<int> AcceptedAsync(string response)
    {
        using var http = new HttpClient { BaseAddress = _address };
        var accepted = 0;
        foreach (var line in await File.ReadAllLinesAsync(Questions, TestContext.Current.CancellationToken))
        {
            using var row = JsonDocument.Parse(line);
            var prompt = $"{row.RootElement.GetProperty("question").GetString()}\n\nReference answer: {row.RootElement.GetProperty("final").GetString()}";
            using var reply = await http.PostAsJsonAsync("v1/score", new { prompt, response, options = new { hardening = "off" } }, TestContext.Current.CancellationToken);
            using var scored = JsonDocument.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            accepted += scored.RootElement.GetProperty("results")[0].GetProperty("scores")[0].GetProperty("score").GetDouble() > 0 ? 1 : 0;
        }

        return accepted;
    }
}
