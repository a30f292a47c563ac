using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging.Juries;

/// <summary>A whole gateway with the judges a, b and c over one scripted engine, further models, and the embedded one.</summary>
internal sealed class JuryGateway : IAsyncDisposable
{
    private readonly string _folder;

    private JuryGateway(string folder, ScriptedUpstream engine, TestGateway gateway) => (_folder, Engine, Gateway) = (folder, engine, gateway);

    public ScriptedUpstream Engine { get; }

    public TestGateway Gateway { get; }

    /// <summary>Which judges were asked so far, in order.</summary>
    public string[] Asked => [.. Engine.Seen.Select(request => JsonNode.Parse(request.Body)!["model"]!.GetValue<string>())];

    /// <summary>Starts it; every judge states the number that <paramref name="score"/> says, or its words where they are no number.</summary>
    /// <param name="models">Manifests of further models by name.</param>
    /// <param name="score">From the judge's name and its last user turn.</param>
    /// <param name="settings">Settings.</param>
    public static Task<JuryGateway> StartAsync((string Name, string Manifest)[] models, Func<string, string, string> score, params (string Key, string Value)[] settings) =>
        StartAsync(models, (http, judge, asked) => ScriptedUpstream.JsonAsync(http, 200, JudgeGateway.Reply(Said(judge, score(judge, asked)))), settings);

    /// <summary>The same with judges that answer as they like.</summary>
    public static Task<JuryGateway> StartAsync((string Name, string Manifest)[] models, Func<HttpContext, string, string, Task> answer, params (string Key, string Value)[] settings) =>
        StartAsync(TimeProvider.System, models, answer, settings);

    /// <summary>The same on a clock that the test drives.</summary>
    public static async Task<JuryGateway> StartAsync(
        TimeProvider clock, (string Name, string Manifest)[] models, Func<HttpContext, string, string, Task> answer, params (string Key, string Value)[] settings)
    {
        var engine = await ScriptedUpstream.StartAsync(http =>
        {
            var body = JsonNode.Parse(SeenRequest.BodyOf(http))!;
            return answer(http, body["model"]!.GetValue<string>(), body["messages"]!.AsArray()[^1]!["content"]!.GetValue<string>());
        });
        var folder = Directory.CreateTempSubdirectory("juries-").FullName;
        Directory.CreateSymbolicLink(Path.Combine(folder, "rm-mini"), RepositoryRoot.File("models/rm-mini"));
        foreach (var (name, manifest) in models.Concat(new[] { "a", "b", "c" }.Select(name => (name, Judge(name)))).DistinctBy(model => model.Item1))
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            await File.WriteAllTextAsync(Path.Combine(folder, name, "model.json"), manifest, TestContext.Current.CancellationToken);
        }

        var gateway = TestGateway.WithEmbeddedModel(
            clock, [.. ScriptedUpstream.Cluster("judges", engine), ("Gateway:ModelsFolder", folder), ("Gateway:DefaultModel", models[0].Name), .. settings]);
        return new JuryGateway(folder, engine, gateway);
    }

    /// <summary>The manifest of a judge that its engine knows by this name.</summary>
    public static string Judge(string name, string style = """{"kind": "rubric"}""") =>
        $$"""{"kind": "judge", "cluster": "judges", "upstream_model": "{{name}}", "revision": "1", "repairs": 0, "style": {{style}}}""";

    /// <summary>The manifest of a jury on a scale from 1 to 5.</summary>
    public static string Jury(string welfare, string jurors = """{"model": "a"}, {"model": "b"}, {"model": "c"}""", string more = "") =>
        $$"""{"kind": "jury", "welfare": "{{welfare}}", "scale": {"lowest": 1, "highest": 5}, "jurors": [{{jurors}}]{{(more.Length > 0 ? ", " + more : "")}}}""";

    /// <summary>Posts a native request.</summary>
    public async Task<(int Status, JsonNode Json)> ScoreAsync(object body)
    {
        var (status, json, _) = await Gateway.PostAsync("/v1/score", body as string ?? JsonSerializer.Serialize(body));
        return (status, json!);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Engine.DisposeAsync();
        Directory.Delete(Path.Combine(_folder, "rm-mini"));
        Directory.Delete(_folder, recursive: true);
    }

    private static string Said(string judge, string score) => int.TryParse(score, out _) ? $$"""{"explanation": "{{judge}} says so", "score": {{score}}}""" : score;
}
