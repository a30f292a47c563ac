namespace Gateway.Server.Upstream.Chat;

/// <summary>How an engine is told the JSON schema of its reply; each ignores the others' fields without a word, so one must be named.</summary>
internal enum StructuredOutput
{
    /// <summary>Not at all: the prompt alone says it.</summary>
    None,

    /// <summary><c>response_format</c> of type <c>json_schema</c>: OpenAI, vLLM, SGLang, llama.cpp.</summary>
    JsonSchema,

    /// <summary><c>response_format</c> of type <c>json_object</c>, without the schema.</summary>
    JsonObject,

    /// <summary><c>structured_outputs.json</c>: vLLM from 0.12 on.</summary>
    StructuredOutputs,

    /// <summary><c>guided_json</c>: vLLM before 0.12.</summary>
    GuidedJson,

    /// <summary><c>response_format</c> of type <c>json</c> with the schema in <c>value</c>: Text Generation Inference.</summary>
    Tgi,
}
