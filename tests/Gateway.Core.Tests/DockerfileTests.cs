namespace Gateway.Core.Tests;

/// <summary>What can be known of the Dockerfile without an engine: its stages, its sources and who it runs as.</summary>
public sealed class DockerfileTests
{
    private static readonly string[][] Instructions = [.. File.ReadAllText(RepositoryRoot.File("Dockerfile"))
        .Replace("\\\n", " ", StringComparison.Ordinal)
        .Split('\n')
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    [Fact]
    public void Copy_FromTheContext_TakesPathsThatExistAndAreNotIgnored()
    {
        var kept = File.ReadAllLines(RepositoryRoot.File(".dockerignore")).Where(line => line.StartsWith('!')).Select(line => line[1..]).ToHashSet();
        var sources = Instructions.Where(words => words[0] == "COPY" && !words[1].StartsWith("--", StringComparison.Ordinal)).SelectMany(words => words[1..^1]).ToArray();

        Assert.NotEmpty(sources);
        Assert.All(sources, source => Assert.True(Path.Exists(RepositoryRoot.File(source)), source));
        Assert.All(sources, source => Assert.Contains(source, kept));
    }

    [Fact]
    public void Copy_FromAStage_NamesAnEarlierOne()
    {
        var stages = new HashSet<string>();
        foreach (var words in Instructions)
        {
            if (words[0] == "FROM")
            {
                Assert.Equal("AS", words[2]);
                Assert.True(stages.Contains(words[1]) || words[1].Contains('/', StringComparison.Ordinal) || words[1] == "${CUDA_IMAGE}", words[1]);
                stages.Add(words[3]);
            }
            else if (words[0] == "COPY" && words[1].StartsWith("--from=", StringComparison.Ordinal))
            {
                Assert.Contains(words[1]["--from=".Length..], stages);
            }
        }
    }

    [Theory]
    [InlineData("cpu", "build-cpu")]
    [InlineData("gpu", "build-gpu")]
    public void Target_CpuAndGpu_ServeAsAUserWithoutRights(string target, string build)
    {
        var stage = Stage(target);

        Assert.Contains(stage, words => words[0] == "COPY" && words[1] == $"--from={build}");
        Assert.Contains(stage, words => words[0] == "COPY" && words[1] == "models/");
        Assert.Contains(stage, words => words[0] == "COPY" && words[1] == "principles/");
        Assert.Equal(["1654"], stage.Where(words => words[0] == "USER").Select(words => words[1]));
        Assert.Contains(stage, words => words[0] == "EXPOSE" && words[1] == "8080");
        Assert.Contains(stage, words => words[0] == "ENV" && words.Contains("Urls=http://0.0.0.0:8080"));
        Assert.Contains("Gateway.Server.dll", stage[^1][^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Target_None_IsCpu() => Assert.Equal("cpu", Instructions.Last(words => words[0] == "FROM")[3]);

    [Fact]
    public void Build_Gpu_SwapsThePackage_Cpu_IsLocked()
    {
        Assert.Contains(Stage("build-gpu"), words => words.Contains("-p:OnnxRuntime=Gpu"));
        Assert.Contains(Stage("build-cpu"), words => words.Contains("--locked-mode"));
    }

    private static string[][] Stage(string name) =>
        [.. Instructions.SkipWhile(words => words[0] != "FROM" || words[3] != name).Skip(1).TakeWhile(words => words[0] != "FROM")];
}
