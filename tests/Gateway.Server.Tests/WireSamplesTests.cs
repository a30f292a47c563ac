using System.Text;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>
/// Sample pairs of every dialect. A file <c>Samples/some/path/NAME.request.json</c> is posted to <c>/some/path</c> byte for byte, and
/// <c>NAME.reply.json</c> is what must come back: status, headers if given, body. A new case is two files.
/// </summary>
public sealed class WireSamplesTests(WireSamplesTests.SampleGateway shared) : IClassFixture<WireSamplesTests.SampleGateway>
{
    private static readonly string Folder = RepositoryRoot.File("tests/Gateway.Server.Tests/Samples");

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.request.json", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)[..^".request.json".Length].Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Post_Sample_GetsItsReply(string sample)
    {
        var expected = JsonNode.Parse(await ReadAsync(sample, "reply"))!;
        var route = "/" + (Path.GetDirectoryName(sample) ?? "").Replace('\\', '/');
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(await ReadAsync(sample, "request")));

        var (status, reply, response) = await shared.For(sample).SendAsync(route, body);

        Assert.Empty(JsonDifference.Of(expected["body"], reply));
        Assert.Equal(expected["status"]!.GetValue<int>(), status);
        foreach (var (name, value) in expected["headers"]?.AsObject() ?? [])
        {
            var headers = name.StartsWith("Content-", StringComparison.Ordinal) ? response.Content.Headers : (System.Net.Http.Headers.HttpHeaders)response.Headers;
            Assert.Equal(value?.GetValue<string>(), headers.TryGetValues(name, out var values) ? string.Join(',', values) : null);
        }
    }

    [Fact]
    public void Samples_EveryFile_IsHalfOfAPair() => Assert.All(
        Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories),
        file => Assert.True(File.Exists(file.EndsWith(".reply.json", StringComparison.Ordinal)
            ? file.Replace(".reply.json", ".request.json", StringComparison.Ordinal)
            : file.Replace(".request.json", ".reply.json", StringComparison.Ordinal)), $"{file} has no other half."));

    private static Task<string> ReadAsync(string sample, string part) =>
        File.ReadAllTextAsync(Path.Combine(Folder, $"{sample}.{part}.json"), TestContext.Current.CancellationToken);

    /// <summary>
    /// A gateway whose model scores a text by its length and fails where the text says <c>fail KIND</c>, and one whose model can be told a principle besides,
    /// for samples whose name speaks of one. They remember nothing, so that the order of samples is all one.
    /// </summary>
    public sealed class SampleGateway : IAsyncDisposable
    {
        private readonly TestGateway _scalar = Start(GuidanceFields.None);
        private readonly TestGateway _principled = Start(GuidanceFields.Principle);

        public async ValueTask DisposeAsync()
        {
            await _scalar.DisposeAsync();
            await _principled.DisposeAsync();
        }

        internal TestGateway For(string sample) => sample.Contains("api/rewardanything", StringComparison.Ordinal) || (sample.Contains("principle", StringComparison.Ordinal) && !sample.StartsWith("v1/score", StringComparison.Ordinal))
            ? _principled
            : _scalar;

        private static TestGateway Start(GuidanceFields guidance) => TestGateway.With(
            new ScriptedModel { Answer = ScriptedModel.FailWhereAsked, Guidance = guidance }, ("Gateway:Models:scripted:Aliases:0", "org/checkpoint-7"), ("Gateway:Cache:Entries", "0"));
    }
}
