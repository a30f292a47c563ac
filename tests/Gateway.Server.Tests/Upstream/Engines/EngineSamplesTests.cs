using System.Text;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Engines;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>
/// Sample pairs of every engine's dialect. <c>Samples/KIND/NAME.case.json</c> holds the manifest's keys, what is judged and the scores;
/// <c>NAME.request.json</c> is what must be written, byte for byte but for the last line's end, and <c>NAME.reply.json</c> what is read. A new
/// case is three files.
/// </summary>
public sealed class EngineSamplesTests
{
    private static readonly string Folder = RepositoryRoot.File("tests/Gateway.Server.Tests/Upstream/Engines/Samples");

    public static TheoryData<string> Samples => [.. Directory.EnumerateFiles(Folder, "*.case.json", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)[..^".case.json".Length].Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Samples))]
    public async Task Write_ASample_GivesItsRequestAndReadsItsReply(string sample)
    {
        var kind = sample[..sample.IndexOf('/', StringComparison.Ordinal)];
        var given = JsonNode.Parse(await ReadAsync(sample, "case"))!;
        var protocol = EngineKinds.All.Single(one => one.Kind == kind);
        var problems = new List<string>();
        var manifest = new RemoteManifestReader(protocol).Read(
            Encoding.UTF8.GetBytes(RemoteModel.Manifest(kind, given["manifest"]!.ToJsonString()).ToJsonString()), problems)!;
        Assert.Empty(problems);
        var writer = new RemoteTextWriter(manifest, new ModelSource("remote", "", new ModelDeployment()), protocol.Traits);
        RemoteText[] texts = [.. given["items"]!.AsArray().Select(item => writer.Write(Body(item!), 0))];

        var call = protocol.Write(manifest, texts);
        var scores = protocol.Read(
            manifest, new UpstreamReply(200, Encoding.UTF8.GetBytes(await ReadAsync(sample, "reply")), "application/json", "a", 1, TimeSpan.Zero), texts);

        Assert.Equal(given["path"]!.GetValue<string>(), call.Path);
        Assert.Equal((await ReadAsync(sample, "request")).TrimEnd('\n'), Encoding.UTF8.GetString(call.Body.Span));
        Assert.Equal(given["scores"]!.AsArray().Select(score => score?.GetValue<double>()), scores.Select(score => score.Failure is null ? score.Value : (double?)null));
        Assert.Equal(given["tokens"]!.GetValue<int>(), scores.Sum(score => score.Tokens));
    }

    [Fact]
    public void Samples_EveryKind_HasOne() =>
        Assert.Equal(EngineKinds.All.Select(kind => kind.Kind).Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

    /// <summary>What a case judges.</summary>
    internal static ItemBody Body(JsonNode item) => item["text"] is { } text
        ? new ItemBody.Templated(new Utf8Text(text.GetValue<string>()), item["prompt"] is { } prompt ? new Utf8Text(prompt.GetValue<string>()) : null)
        : new ItemBody.Conversation(
            [.. item["messages"]!.AsArray().Select(turn => new Message(turn!["role"]!.GetValue<string>(), new Utf8Text(turn["content"]!.GetValue<string>())))],
            [new Utf8Text(item["response"]!.GetValue<string>())]);

    private static Task<string> ReadAsync(string sample, string part) =>
        File.ReadAllTextAsync(Path.Combine(Folder, $"{sample}.{part}.json"), TestContext.Current.CancellationToken);
}
