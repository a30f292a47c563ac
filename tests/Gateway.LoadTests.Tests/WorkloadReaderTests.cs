using Gateway.LoadTests.Workload;

namespace Gateway.LoadTests.Tests;

public sealed class WorkloadReaderTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "models/rm-mini/eval");

    [Fact]
    public void Read_Twice_GivesTheSameDistinctPairs()
    {
        var items = WorkloadReader.Read(Folder, WorkloadReader.DefaultCount);

        Assert.Equal(items, WorkloadReader.Read(Folder, WorkloadReader.DefaultCount));
        Assert.Equal(items.Count, items.Distinct().Count());
        Assert.DoesNotContain(items, item => item.Response.Contains("<|im_end|>", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_MoreThanThereIs_SaysHowManyThereAre() =>
        Assert.Contains("distinct pairs", Assert.Throws<UsageException>(() => WorkloadReader.Read(Folder, 1_000_000)).Message, StringComparison.Ordinal);
}
