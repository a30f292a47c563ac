namespace Gateway.Server.Tests;

/// <summary>Small bodies that would make much of nothing. What is counted is the whole process's, so that nothing runs beside it.</summary>
[Collection(nameof(AllocationBoundsTests))]
[CollectionDefinition(nameof(AllocationBoundsTests), DisableParallelization = true)]
public sealed class AllocationBoundsTests
{
    [Theory]
    [InlineData("/v1/score", "{\"items\": [", "{}", "]}")]
    [InlineData("/v1/score", "{\"response\": \"r\", \"messages\": [", "{}", "]}")]
    [InlineData("/v1/score", "{\"items\": [{\"prompt\": \"p\", \"responses\": [", "null", "]}]}")]
    [InlineData("/v1/score", "{\"response\": \"r\", \"messages\": [{\"role\": \"user\", \"content\": [", "{\"text\":\"\"}", "]}]}")]
    [InlineData("/v1/score", "{\"response\": \"r\", \"prompt\": \"p\", \"reference\": [", "{}", "]}")]
    [InlineData("/classify", "{\"input\": [", "[]", "]}")]
    [InlineData("/get_reward", "{\"query\": [", "\"\"", "]}")]
    [InlineData("/slime", "{\"response\": \"r\", \"prompt\": [", "{}", "]}")]
    public async Task Post_MillionsOfTinyElements_IsRefusedBeforeAnythingIsMadeOfThem(string path, string before, string element, string after)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        var body = before + string.Join(',', Enumerable.Repeat(element, 2_000_000)) + after;
        var allocated = GC.GetTotalAllocatedBytes();

        var (status, json, _) = await gateway.PostAsync(path, body);

        Assert.Equal(400, status);
        Assert.Contains("Gateway:Limits:ResponsesPerRequest", json!.ToJsonString());
        Assert.InRange(GC.GetTotalAllocatedBytes() - allocated, 0, 200_000_000);
    }
}
