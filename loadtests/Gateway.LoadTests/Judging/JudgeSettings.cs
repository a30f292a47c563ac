using System.Text.Json.Nodes;

namespace Gateway.LoadTests.Judging;

/// <summary>A gateway's models and clusters for this run: a folder of manifests, and a file of settings that it reads anew when it changes.</summary>
/// <param name="server">The gateway's program.</param>
internal sealed class JudgeSettings(string server) : IDisposable
{
    /// <summary>The environment whose settings the file has.</summary>
    public const string Environment = "judging-figures";

    // A name that means a model and a cluster is refused.
    private const string Prefix = "engines-of-";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-loadtests-judging-");
    private readonly string _file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(server))!, $"appsettings.{Environment}.json");
    private readonly JsonObject _clusters = [];
    private readonly JsonObject _models = [];

    /// <summary>A folder for this run's files.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Where the models are.</summary>
    public string Models => Path.Combine(Folder, "models");

    /// <summary>Adds a judge of a style.</summary>
    public void AddJudge(string name, string style, string cluster, int? most = null)
    {
        var own = Directory.CreateDirectory(Path.Combine(Models, name)).FullName;
        File.WriteAllText(Path.Combine(own, "model.json"), new JsonObject
        {
            ["kind"] = "judge", ["cluster"] = Prefix + cluster, ["upstream_model"] = "judge", ["revision"] = "1", ["style"] = new JsonObject { ["kind"] = style },
        }.ToJsonString());
        _models[name] = new JsonObject { ["Limits"] = new JsonObject { ["MaxConcurrency"] = most ?? 4096 } };
    }

    /// <summary>Sets a cluster's destinations.</summary>
    public void SetCluster(string name, params IReadOnlyList<JudgeEngine> engines) => _clusters[Prefix + name] = new JsonObject
    {
        ["Concurrency"] = 4096,
        ["Destinations"] = new JsonObject(engines.Select((engine, i) => KeyValuePair.Create($"engine{i}", (JsonNode?)new JsonObject { ["Address"] = $"{engine.Root}" }))),
    };

    /// <summary>Writes the settings; a gateway that runs takes them within a second.</summary>
    public void Write()
    {
        // In one step: half a file is no JSON.
        var draft = Path.Combine(Folder, "settings.json");
        File.WriteAllText(draft, new JsonObject { ["Gateway"] = new JsonObject { ["Clusters"] = _clusters.DeepClone(), ["Models"] = _models.DeepClone() } }.ToJsonString());
        File.Copy(draft, _file + ".new", overwrite: true);
        File.Move(_file + ".new", _file, overwrite: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        File.Delete(_file);
        _folder.Delete(recursive: true);
    }
}
