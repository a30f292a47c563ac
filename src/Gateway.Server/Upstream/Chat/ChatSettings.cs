using System.Text.Json;

namespace Gateway.Server.Upstream.Chat;

/// <summary>How one judge's cluster is spoken to; what is the same in every call.</summary>
internal sealed record ChatSettings
{
    // The bounds of ReplyBytes.
    private const int FewestReplyBytes = 1_024;

    private static readonly string[] Written =
    [
        "model", "messages", "stream", "n", "temperature", "top_p", "top_k", "frequency_penalty", "presence_penalty", "max_tokens",
        "max_completion_tokens", "seed", "stop", "logprobs", "top_logprobs", "response_format", "structured_outputs", "guided_json", "tools",
    ];

    /// <summary>The cluster's name.</summary>
    public required string Cluster { get; init; }

    /// <summary>The model's name at the engine; null where the engine needs none.</summary>
    public string? Model { get; init; }

    /// <summary>What the destinations run; llama.cpp cuts over-long text without a word and serves one connection per thread.</summary>
    public Engine Engine { get; init; }

    /// <summary>True where the limit of the reply's tokens is called <c>max_completion_tokens</c> and not <c>max_tokens</c>.</summary>
    public bool MaxCompletionTokens { get; init; }

    /// <summary>How a schema is sent.</summary>
    public StructuredOutput Structured { get; init; }

    /// <summary>Whether the model thinks before it answers, as <c>chat_template_kwargs.enable_thinking</c>; null: not said.</summary>
    public bool? EnableThinking { get; init; }

    /// <summary>Further fields of the body, written as they are.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extra { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The most bytes of a reply; the cluster's own limit holds too.</summary>
    public int ReplyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Tokens of prompt and reply that the engine holds for one call; null: unknown.</summary>
    public int? ContextTokens { get; init; }

    /// <summary>True where an engine forgets what is too long instead of refusing it.</summary>
    public bool CutsSilently => Engine == Engine.LlamaCpp;

    /// <summary>What is wrong with these settings, a sentence each.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        problems.AddRange(Extra.Keys.Where(Written.Contains).Select(key => $"the extra field '{key}' is written by the gateway; use the setting for it."));
        if (EnableThinking is not null && Extra.ContainsKey("chat_template_kwargs"))
        {
            problems.Add("'chat_template_kwargs' is an extra field and thinking is set too; put 'enable_thinking' into the extra field and leave the setting out.");
        }

        if (Structured != StructuredOutput.None && !SpellingsOf(Engine).Contains(Structured))
        {
            problems.Add(
                $"'structured' is '{Structured.Word()}', which {Engine} ignores without a word, or refuses; write {string.Join(" or ", SpellingsOf(Engine).Select(one => $"'{one.Word()}'"))}, or 'none'.");
        }

        if (ReplyBytes < FewestReplyBytes)
        {
            problems.Add($"the most bytes of a reply are {ReplyBytes}; at least {FewestReplyBytes}.");
        }

        if (ContextTokens < 1)
        {
            problems.Add($"the context has {ContextTokens} tokens; at least 1.");
        }

        if (CutsSilently && ContextTokens is null)
        {
            problems.Add("llama.cpp may cut long text without a word; set the context's tokens to those of one slot (--ctx-size divided by --parallel).");
        }

        return problems;
    }

    // What is not known to be another engine may understand any.
    private static StructuredOutput[] SpellingsOf(Engine engine) => engine switch
    {
        Engine.Vllm => [StructuredOutput.JsonSchema, StructuredOutput.JsonObject, StructuredOutput.StructuredOutputs, StructuredOutput.GuidedJson],
        Engine.Sglang or Engine.LlamaCpp => [StructuredOutput.JsonSchema, StructuredOutput.JsonObject],
        Engine.Tgi => [StructuredOutput.Tgi],
        _ => Enum.GetValues<StructuredOutput>(),
    };
}
