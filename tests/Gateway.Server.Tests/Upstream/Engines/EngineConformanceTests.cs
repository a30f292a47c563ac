using Gateway.Core.Hardening;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What every kind of reward model does, by every remote kind.</summary>
public abstract class EngineConformance(string engine) : RewardModelConformance
{
    protected override HardenedItem? FailingItem => HardenedItems.Conversation("Ask.", "POISON");

    protected override async Task<IRewardModel> CreateAsync() => await RemoteModel.StartAsync(RemoteModel.Engine(engine));
}

public sealed class VllmClassifyConformanceTests() : EngineConformance("vllm-classify");

public sealed class VllmPoolingConformanceTests() : EngineConformance("vllm-pooling");

public sealed class VllmStepConformanceTests() : EngineConformance("vllm-pooling steps");

public sealed class VllmScoreConformanceTests() : EngineConformance("vllm-score");

public sealed class SglangClassifyConformanceTests() : EngineConformance("sglang-classify");

public sealed class SglangEmbeddingsConformanceTests() : EngineConformance("sglang-embeddings");

public sealed class TeiPredictConformanceTests() : EngineConformance("tei-predict");

public sealed class LlamaCppRerankConformanceTests() : EngineConformance("llamacpp-rerank");

public sealed class OpenRlhfConformanceTests() : EngineConformance("openrlhf");

public sealed class OpenInferenceConformanceTests() : EngineConformance("openinference");

public sealed class VllmMessagesConformanceTests() : RewardModelConformance
{
    protected override HardenedItem? FailingItem => HardenedItems.Conversation("Ask.", "POISON");

    protected override async Task<IRewardModel> CreateAsync() =>
        await RemoteModel.StartAsync(new VllmClassifyEngine(), """{"upstream_model": "org/rm", "form": "messages"}""");
}

public sealed class OpenInferenceBinaryConformanceTests : RewardModelConformance
{
    protected override HardenedItem? FailingItem => HardenedItems.Conversation("Ask.", "POISON");

    protected override async Task<IRewardModel> CreateAsync()
    {
        var engine = new TritonBinaryEngine();
        await engine.StartAsync();
        return await RemoteModel.LoadAsync("openinference", TritonBinaryEngine.Manifest, [("Gateway:Clusters:c:Destinations:a:Address", engine.Address)], engine);
    }
}
