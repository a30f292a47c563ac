using System.Text.Json.Nodes;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream.Engines;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>A remote model over the pool, loaded from a folder as the gateway does.</summary>
internal sealed class RemoteModel : IRewardModel, IAsyncDisposable
{
    private readonly TestPool _pool;
    private readonly IRewardModel _model;
    private readonly IAsyncDisposable? _engine;

    private RemoteModel(TestPool pool, IRewardModel model, IAsyncDisposable? engine) => (_pool, _model, _engine) = (pool, model, engine);

    public string Name => _model.Name;

    public string Revision => _model.Revision;

    public Granularity Granularity => _model.Granularity;

    public ChatTemplate? Template => _model.Template;

    public int? MaxTokens => _model.MaxTokens;

    public int Concurrency => _model.Concurrency;

    /// <summary>A started engine of every kind.</summary>
    public static ScriptedEngine Engine(string name) => name switch
    {
        "vllm-classify" => new VllmClassifyEngine(),
        "vllm-pooling" => new VllmPoolingEngine(),
        "vllm-pooling steps" => new VllmStepEngine(),
        "vllm-score" => new VllmScoreEngine(),
        "sglang-classify" => new SglangClassifyEngine(),
        "sglang-embeddings" => new SglangEmbeddingsEngine(),
        "tei-predict" => new TeiEngine(),
        "llamacpp-rerank" => new LlamaCppEngine(),
        "openrlhf" => new OpenRlhfEngine(),
        _ => new OpenInferenceEngine(),
    };

    /// <summary>The model that a fresh engine serves; the engine goes with it.</summary>
    public static async Task<RemoteModel> StartAsync(ScriptedEngine engine, string? manifest = null, params (string Key, string Value)[] settings)
    {
        await engine.StartAsync();
        return await LoadAsync(engine.Kind, manifest ?? engine.Manifest, [.. ScriptedUpstream.Cluster("c", engine.Upstream), .. settings], engine);
    }

    /// <summary>A model over a cluster <c>c</c> of these settings.</summary>
    public static async Task<RemoteModel> LoadAsync(
        string kind, string manifest, (string Key, string Value)[] settings, IAsyncDisposable? engine = null, ModelDeployment? deployment = null)
    {
        var pool = TestPool.Start(settings);
        var folder = Directory.CreateTempSubdirectory("remote-model-").FullName;
        try
        {
            var text = Manifest(kind, manifest).ToJsonString();
            await File.WriteAllTextAsync(Path.Combine(folder, "model.json"), text, TestContext.Current.CancellationToken);
            var protocol = EngineKinds.All.Single(one => one.Kind == kind);
            var model = await new RemoteModelFactory(protocol, pool.Pool, TimeProvider.System)
                .LoadAsync(new ModelSource("remote", folder, deployment ?? new ModelDeployment()), TestContext.Current.CancellationToken);
            return new RemoteModel(pool, model, engine);
        }
        catch
        {
            await pool.DisposeAsync();
            if (engine is not null)
            {
                await engine.DisposeAsync();
            }

            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A whole manifest: these keys, and what every remote model needs where they do not say it.</summary>
    public static JsonObject Manifest(string kind, string keys)
    {
        var manifest = JsonNode.Parse(keys)!.AsObject();
        foreach (var (key, value) in (KeyValuePair<string, JsonNode?>[])
            [new("kind", kind), new("cluster", "c"), new("revision", "r1"), new("template", JsonNode.Parse("""{"preset": "chatml"}"""))])
        {
            manifest.TryAdd(key, value);
        }

        return manifest;
    }

    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(IReadOnlyList<HardenedItem> items, CancellationToken cancellation) => _model.ScoreAsync(items, cancellation);

    /// <summary>Scores responses to one prompt.</summary>
    public Task<IReadOnlyList<ScoreResult>> ScoreAsync(params string[] responses) =>
        ScoreAsync([.. responses.Select(response => HardenedItems.Conversation("Ask.", response))], TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }
    }
}
