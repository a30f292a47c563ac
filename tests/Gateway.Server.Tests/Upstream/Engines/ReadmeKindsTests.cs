using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Core.Judging;
using Gateway.Server.Judging;
using Gateway.Server.Judging.Juries;
using Gateway.Server.Upstream.Engines;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>The README has a manifest of every remote kind, and each of them starts; so do its judges.</summary>
public sealed partial class ReadmeKindsTests
{
    private static readonly JsonObject[] Manifests = [.. Block.Matches(File.ReadAllText(RepositoryRoot.File("README.md")))
        .Select(block => JsonNode.Parse(block.Groups[1].Value, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip }))
        .OfType<JsonObject>()
        .Where(manifest => manifest["kind"] is { } kind && kind.GetValue<string>() is not ("onnx" or JudgeManifestReader.Kind or JuryManifestReader.Kind))];

    private static readonly JsonObject[] Judges = [.. Block.Matches(File.ReadAllText(RepositoryRoot.File("README.md")))
        .Select(block => JsonNode.Parse(block.Groups[1].Value) as JsonObject)
        .OfType<JsonObject>()
        .Where(manifest => manifest["kind"]?.ToString() == JudgeManifestReader.Kind)];

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
    public void Readme_EveryJudge_Starts()
    {
        Assert.True(Judges.Length > 1);
        Assert.All(Judges, judge =>
        {
            var problems = new List<string>();
            var manifest = new JudgeManifestReader(_ => null, _ => Server.Upstream.Engine.Vllm).Read(System.Text.Encoding.UTF8.GetBytes(judge.ToJsonString()), problems);
            Assert.Empty(problems);
            Assert.NotNull(manifest);
        });
    }

    [Fact]
    public void Readme_EveryJury_Starts()
    {
        var juries = Block.Matches(File.ReadAllText(RepositoryRoot.File("README.md"))).Select(block => block.Groups[1].Value)
            .Where(block => JsonNode.Parse(block) is JsonObject manifest && manifest["kind"]?.ToString() == JuryManifestReader.Kind).ToArray();

        Assert.Equal(2, juries.Length);
        Assert.All(juries, jury =>
        {
            var problems = new List<string>();
            Assert.NotNull(JuryManifestReader.Read(System.Text.Encoding.UTF8.GetBytes(jury), problems));
            Assert.Empty(problems);
        });
    }

    [Fact]
    public void Readme_Styles_AreThoseOfTheCode()
    {
        var readme = File.ReadAllText(RepositoryRoot.File("README.md"));
        var table = readme[readme.IndexOf("| style | judges |", StringComparison.Ordinal)..];
        var rows = Row.Matches(table[..table.IndexOf("\n\n", StringComparison.Ordinal)]).Select(row => row.Groups[1].Value).Order(StringComparer.Ordinal);

        Assert.Equal(StyleKinds.Names, rows);
        Assert.All(Core.Judging.Verdicts.VerdictFormats.Names, name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    [Fact]
    public void Readme_EveryManifest_IsOfAKnownKind() =>
        Assert.Equal(EngineKinds.All.Select(kind => kind.Kind).Order(StringComparer.Ordinal), Manifests.Select(manifest => manifest["kind"]!.GetValue<string>()).Order(StringComparer.Ordinal));

    [GeneratedRegex("^\\| `([a-z-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row { get; }

    [GeneratedRegex("```json\n(\\{.*?\\})\n```", RegexOptions.Singleline)]
    private static partial Regex Block { get; }
}
