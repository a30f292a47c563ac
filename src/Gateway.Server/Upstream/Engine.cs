namespace Gateway.Server.Upstream;

/// <summary>Which server a cluster's destinations run; it says where health and the served model are asked for.</summary>
public enum Engine
{
    /// <summary>Unknown: nothing is probed unless <c>HealthCheck:Active</c> says what.</summary>
    None,

    /// <summary>vLLM.</summary>
    Vllm,

    /// <summary>SGLang.</summary>
    Sglang,

    /// <summary>Hugging Face Text Embeddings Inference.</summary>
    Tei,

    /// <summary>Triton or another server of the Open Inference Protocol v2.</summary>
    Triton,

    /// <summary>llama.cpp's server.</summary>
    LlamaCpp,

    /// <summary>Hugging Face Text Generation Inference.</summary>
    Tgi,

    /// <summary>An OpenRLHF reward server, which has no route for health.</summary>
    OpenRlhf,

    /// <summary>Any other OpenAI-compatible server.</summary>
    OpenAi,
}
