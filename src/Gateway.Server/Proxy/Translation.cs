namespace Gateway.Server.Proxy;

/// <summary>One change of a request's fields into those that a server knows.</summary>
public enum Translation
{
    /// <summary><c>guided_json</c>, <c>guided_regex</c>, <c>guided_choice</c>, <c>guided_grammar</c> → <c>structured_outputs</c>, for vLLM since 0.12, which ignores the former.</summary>
    GuidedToStructured,

    /// <summary>The reverse, for older vLLM, which ignores <c>structured_outputs</c>.</summary>
    StructuredToGuided,

    /// <summary><c>max_tokens</c> → <c>max_completion_tokens</c>.</summary>
    MaxTokensToMaxCompletionTokens,

    /// <summary><c>max_completion_tokens</c> → <c>max_tokens</c>.</summary>
    MaxCompletionTokensToMaxTokens,
}
