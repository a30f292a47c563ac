using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Server.Tests;
using Gateway.Server.Tests.Judging;
using Gateway.Server.Tests.Upstream;

[assembly: AssemblyFixture(typeof(ReadmeGateway))]

namespace Gateway.Server.Tests;

/// <summary>
/// The gateway that the README's commands ask: with rm-mini, and with the judge that it tells how to add, by its own words, over a scripted engine.
/// </summary>
public sealed partial class ReadmeGateway : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("readme-models-").FullName;
    private ScriptedUpstream? _engine;

    internal TestGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var blocks = FencedBlock.Matches(await File.ReadAllTextAsync(RepositoryRoot.File("README.md"))).Select(block => block.Groups[1].Value).ToArray();
        _engine = await ScriptedUpstream.StartAsync(http => ScriptedUpstream.JsonAsync(
            http, 200, http.Request.Path.StartsWithSegments("/v1/chat", StringComparison.Ordinal) ? JudgeGateway.Reply(Answer(SeenRequest.BodyOf(http))) : "{}"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "rm-mini"), RepositoryRoot.File("models/rm-mini"));
        var helpful = Directory.CreateDirectory(Path.Combine(_folder, "helpful")).FullName;
        await File.WriteAllTextAsync(Path.Combine(helpful, "model.json"), blocks.First(block => block.Contains("\"kind\": \"judge\"", StringComparison.Ordinal)));
        var cluster = JsonNode.Parse(blocks.First(block => block.Contains("\"judges\": {", StringComparison.Ordinal)))!;
        Gateway = TestGateway.WithEmbeddedModel(
            [
                .. Settings(cluster, "").Select(setting => setting.Key.EndsWith(":Address", StringComparison.Ordinal) ? (setting.Key, _engine.Address.ToString()) : setting),
                ("Gateway:ModelsFolder", _folder),
            ]);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await _engine!.DisposeAsync();
        // The link by itself, never what it leads to.
        Directory.Delete(Path.Combine(_folder, "rm-mini"));
        Directory.Delete(_folder, recursive: true);
    }

    private static string Answer(string body) => body.Contains("Write three to eight criteria", StringComparison.Ordinal)
        ? """{"criteria": [{"name": "right", "question": "Does it say 4?", "weight": 5, "pitfall": false}]}"""
        : """{"explanation": "It is right and says no more than was asked.", "score": 4}""";

    private static IEnumerable<(string Key, string Value)> Settings(JsonNode node, string path) => node is JsonObject fields
        ? fields.SelectMany(field => Settings(field.Value!, path.Length == 0 ? field.Key : $"{path}:{field.Key}"))
        : [(path, node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString())];

    [GeneratedRegex(@"^```json\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex FencedBlock { get; }
}
