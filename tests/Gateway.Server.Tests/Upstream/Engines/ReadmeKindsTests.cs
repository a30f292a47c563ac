using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Upstream.Engines;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>The README has a manifest of every remote kind, and each of them starts.</summary>
public sealed partial class ReadmeKindsTests
{
    private static readonly JsonObject[] Manifests = [.. Block.Matches(File.ReadAllText(RepositoryRoot.File("README.md")))
        .Select(block => JsonNode.Parse(block.Groups[1].Value, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip }))
        .OfType<JsonObject>()
        .Where(manifest => manifest["kind"] is { } kind && kind.GetValue<string>() != "onnx")];

    public static TheoryData<string> Kinds => [.. EngineKinds.All.Select(kind => kind.Kind)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Readme_AKindsManifest_Starts(string kind)
    {
        var manifest = Assert.Single(Manifests, manifest => manifest["kind"]!.GetValue<string>() == kind);

        await using var model = await RemoteModel.LoadAsync(
            kind, manifest.ToJsonString(), [("Gateway:Clusters:rewards:Destinations:a:Address", "http://127.0.0.1:9")]);

        Assert.StartsWith($"{manifest["revision"]}-", model.Revision, StringComparison.Ordinal);
    }

    [Fact]
    public void Readme_EveryManifest_IsOfAKnownKind() =>
        Assert.Equal(EngineKinds.All.Select(kind => kind.Kind).Order(StringComparer.Ordinal), Manifests.Select(manifest => manifest["kind"]!.GetValue<string>()).Order(StringComparer.Ordinal));

    [GeneratedRegex("```json\n(\\{.*?\\})\n```", RegexOptions.Singleline)]
    private static partial Regex Block { get; }
}
