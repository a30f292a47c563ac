using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>What vLLM's routes share: errors in an <c>error</c> object, and the count of tokens.</summary>
internal abstract class VllmEngine : ScriptedEngine
{
    public override string Manifest => """{"upstream_model": "org/rm"}""";

    /// <summary>What the server calls its model.</summary>
    public string Served { get; set; } = "org/rm";

    public override string TooLong =>
        "This model's maximum context length is 512 tokens. However, you requested 0 output tokens and your prompt contains at least 513 input tokens, for a total of at least 513 tokens. Please reduce the length of the input prompt or the number of requested output tokens.";

    public override string Error(int status, string message) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["message"] = message,
            ["type"] = status switch { 400 => "BadRequestError", 404 => "NotFoundError", _ => "InternalServerError" },
            ["param"] = message == TooLong ? "input_tokens" : null,
            ["code"] = status,
        },
    }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply["data"]!.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request) => request["messages"] is { } messages
        ? [string.Concat(messages.AsArray().Select(turn => $"<|im_start|>{turn!["role"]}\n{turn["content"]}<|im_end|>\n"))]
        : Strings(request["input"]);

    // Versions before obeyed other names; without any the answer is a sigmoid.
    protected static bool IsRaw(JsonNode request) => request["use_activation"]?.GetValue<bool>() == false;

    protected static JsonNode? Activated(JsonNode? score, JsonNode request) =>
        IsRaw(request) ? score : JsonValue.Create(1 / (1 + Math.Exp(-score!.GetValue<double>())));

    protected JsonObject List(string id, IEnumerable<JsonNode?> entries, IReadOnlyList<string> texts) => new()
    {
        ["id"] = id,
        ["object"] = "list",
        ["created"] = 1745383065,
        ["model"] = Served,
        ["data"] = new JsonArray([.. entries]),
        ["usage"] = new JsonObject
        {
            ["prompt_tokens"] = Tokens(texts), ["total_tokens"] = Tokens(texts), ["completion_tokens"] = 0,
            ["prompt_tokens_details"] = null, ["completion_tokens_details"] = null,
        },
    };

    protected override Task OtherAsync(HttpContext http, JsonNode request) => http.Request.Path == "/tokenize"
        ? ScriptedUpstream.JsonAsync(http, 200, $$"""{"count": {{Tokens(request["messages"] is null ? [request["prompt"]!.GetValue<string>()] : Texts(request))}}, "max_model_len": 512, "tokens": [1, 2], "token_strs": null}""")
        : base.OtherAsync(http, request);
}

internal sealed class VllmClassifyEngine : VllmEngine
{
    public override string Kind => "vllm-classify";

    protected override string Route => "/classify";

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => List("classify-1", texts.Select((text, i) => new JsonObject
    {
        ["index"] = i, ["label"] = "LABEL_0", ["probs"] = new JsonArray(Activated(Score(text), request)), ["num_classes"] = 1,
    }), texts);
}

/// <summary>A sequence reward model behind <c>/pooling</c>.</summary>
internal sealed class VllmPoolingEngine : VllmEngine
{
    public override string Kind => "vllm-pooling";

    protected override string Route => "/pooling";

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => List("pool-1", texts.Select((text, i) => new JsonObject
    {
        ["index"] = i, ["object"] = "pooling", ["data"] = new JsonArray(Activated(Score(text), request)),
    }), texts);
}

/// <summary>A process reward model behind <c>/pooling</c>: two logits at every <c>&lt;extra_0&gt;</c>.</summary>
internal sealed class VllmStepEngine : VllmEngine
{
    public const string Tag = "<extra_0>";

    public override string Kind => "vllm-pooling";

    public override string Manifest =>
        """{"upstream_model": "org/rm", "pooling": "steps", "steps": {"tag": "<extra_0>", "separator": "\n\n", "reduction": "min"}, "control_tokens": ["<extra_1>"]}""";

    protected override string Route => "/pooling";

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => List("pool-1", texts.Select((text, i) => new JsonObject
    {
        ["index"] = i, ["object"] = "pooling", ["data"] = new JsonArray([.. Rows(text, request)]),
    }), texts);

    // What precedes a tag gives the logits at it.
    private IEnumerable<JsonNode> Rows(string text, JsonNode request)
    {
        for (var at = text.IndexOf(Tag, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Tag, at + 1, StringComparison.Ordinal))
        {
            var (bad, good) = (Score("bad" + text[..at]), Score("good" + text[..at]));
            if (!IsRaw(request))
            {
                var p = 1 / (1 + Math.Exp(bad!.GetValue<double>() - good!.GetValue<double>()));
                (bad, good) = (1 - p, p);
            }

            yield return new JsonArray(bad, good);
        }
    }
}

internal sealed class VllmScoreEngine : VllmEngine
{
    public override string Kind => "vllm-score";

    protected override string Route => "/score";

    protected override IReadOnlyList<string> Texts(JsonNode request) =>
        [.. Strings(request["text_1"]).Zip(Strings(request["text_2"]), (prompt, response) => $"{prompt}\u0001{response}")];

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => List("score-1", texts.Select((text, i) => new JsonObject
    {
        ["index"] = i, ["object"] = "score", ["score"] = Activated(Score(text), request),
    }), texts);
}
