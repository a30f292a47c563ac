namespace Gateway.Server.Tests;

/// <summary>The habits of trainers' own clients, in the HTTP library they use.</summary>
public sealed class TrainerClientsTests(EmbeddedGateway embedded)
{
    // Debian's own, since that is where python3-aiohttp installs to.
    private const string Python = "/usr/bin/python3";

    [Theory]
    [InlineData("trainers.py", new[] { "ok openrlhf", "ok verl", "ok slime", "ok errors" })]
    [InlineData("judges.py", new[] { "ok nemo-gym", "ok reward-kit", "ok nvidia", "ok ms-swift" })]
    public async Task Clients_OfEveryDialect_GetTheirRewards(string script, string[] lines)
    {
        Assert.SkipUnless(File.Exists(Python), "python3 is not installed; apt-get install python3-aiohttp");
        var (missing, _, _) = await ChildProcess.RunAsync(Python, ["-c", "import aiohttp"]);
        Assert.SkipUnless(missing == 0, "python3-aiohttp is not installed; apt-get install python3-aiohttp");

        var (exitCode, output, error) = await ChildProcess.RunAsync(
            Python, [RepositoryRoot.File($"tests/Gateway.Server.Tests/clients/{script}"), embedded.Gateway.Http.BaseAddress!.ToString()], ("no_proxy", "*"));

        Assert.True(exitCode == 0, output + error);
        Assert.Equal(lines, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
