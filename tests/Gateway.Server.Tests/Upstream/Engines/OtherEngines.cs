using System.Globalization;
using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Text Embeddings Inference: lists in a list, capitalised error types, logits only where raw ones are asked for.</summary>
internal sealed class TeiEngine : ScriptedEngine
{
    public override string Kind => "tei-predict";

    public override bool HasIndex => false;

    public override int RefusedStatus => 422;

    public override string TooLong => "Input validation error: `inputs` must have less than 512 tokens. Given: 600";

    protected override string Route => "/predict";

    public override string Error(int status, string message) => new JsonObject
    {
        ["error"] = message,
        ["error_type"] = status switch { 422 => "Validation", 424 => "Backend", 429 => "Overloaded", 503 => "Unhealthy", _ => "Tokenizer" },
    }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply.AsArray();

    // A flat list would be one text or one pair.
    protected override IReadOnlyList<string> Texts(JsonNode request) => [.. request["inputs"]!.AsArray().Select(input => string.Join('\u0001', Strings(input)))];

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts)
    {
        var raw = request["raw_scores"]?.GetValue<bool>() == true;
        return new JsonArray([.. texts.Select(text => new JsonArray(new JsonObject
        {
            ["score"] = raw ? Score(text) : 1 / (1 + Math.Exp(-Score(text)!.GetValue<double>())), ["label"] = "LABEL_0",
        }))]);
    }

    protected override Task OtherAsync(HttpContext http, JsonNode request) => http.Request.Path == "/tokenize"
        ? ScriptedUpstream.JsonAsync(http, 200, $"[[{string.Join(',', Enumerable.Repeat("""{"id": 1, "text": "x", "special": false, "start": 0, "stop": 1}""", Tokens(Strings(request["inputs"]))))}]]")
        : base.OtherAsync(http, request);
}

/// <summary>llama.cpp's rerank: one query, results sorted by score and cut to <c>top_n</c>.</summary>
internal sealed class LlamaCppEngine : ScriptedEngine
{
    public override string Kind => "llamacpp-rerank";

    public override string TooLong => "input is larger than the max context size. skipping";

    protected override string Route => "/v1/rerank";

    public override string Error(int status, string message) => new JsonObject
    {
        ["error"] = new JsonObject
        {
            ["code"] = status,
            ["message"] = message,
            ["type"] = message == TooLong ? "exceed_context_size_error" : status switch { 400 => "invalid_request_error", 503 => "unavailable_error", _ => "server_error" },
            ["n_prompt_tokens"] = 600,
            ["n_ctx"] = 512,
        },
    }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply["results"]!.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request) => [.. Strings(request["documents"]).Select(document => $"{request["query"]}\u0001{document}")];

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => new JsonObject
    {
        ["model"] = request["model"]?.DeepClone() ?? "gpt-3.5-turbo",
        ["object"] = "list",
        ["usage"] = new JsonObject { ["prompt_tokens"] = Tokens(texts), ["total_tokens"] = Tokens(texts) },
        ["results"] = new JsonArray([.. texts
            .Select((text, i) => (Score: Score(text), Index: i))
            .OrderByDescending(one => one.Score is JsonValue value && value.TryGetValue<float>(out var score) ? score : 0)
            .Take(request["top_n"]!.GetValue<int>())
            .Select(one => new JsonObject { ["index"] = one.Index, ["relevance_score"] = one.Score })]),
    };
}

/// <summary>OpenRLHF's reward server: FastAPI, so errors are plain text or a <c>detail</c>.</summary>
internal sealed class OpenRlhfEngine : ScriptedEngine
{
    public override string Kind => "openrlhf";

    public override string Manifest => """{"max_bytes": 8192}""";

    public override bool HasIndex => false;

    public override string TooLong => "the input is longer than the maximum length";

    protected override string Route => "/get_reward";

    public override string Error(int status, string message) => new JsonObject { ["detail"] = message }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply["rewards"]!.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request)
    {
        var texts = Strings(request["query"]);
        Assert.Equal(texts.Count, request["prompts"]!.AsArray().Count);
        Assert.Equal(texts.Count, request["labels"]!.AsArray().Count);
        return texts;
    }

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => new JsonObject
    {
        ["rewards"] = new JsonArray([.. texts.Select(text => Score(text))]),
        ["scores"] = new JsonArray([.. texts.Select(text => Score(text))]),
        ["extra_logs"] = new JsonObject { ["dummy_scores"] = new JsonArray([.. texts.Select(text => Score(text))]) },
    };
}

/// <summary>An inference server of the Open Inference Protocol with JSON tensors.</summary>
internal sealed class OpenInferenceEngine : ScriptedEngine
{
    public override string Kind => "openinference";

    public override string Manifest => """{"upstream_model": "rm", "tensors": {"input": "TEXT", "output": "LOGIT", "shape": "[n, 1]"}}""";

    public override bool HasIndex => false;

    public override string TooLong => "sequence longer than the maximum of 512 tokens";

    public string Served { get; set; } = "rm";

    protected override string Route => "/v2/models/rm/infer";

    public override string Error(int status, string message) => new JsonObject { ["error"] = message }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply["outputs"]![0]!["data"]!.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request)
    {
        var input = request["inputs"]![0]!;
        Assert.Equal(("TEXT", "BYTES"), (input["name"]!.GetValue<string>(), input["datatype"]!.GetValue<string>()));
        var texts = Strings(input["data"]);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"[{texts.Count},1]"), input["shape"]!.ToJsonString());
        return texts;
    }

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => new JsonObject
    {
        ["model_name"] = Served,
        ["model_version"] = "1",
        ["outputs"] = new JsonArray(new JsonObject
        {
            ["name"] = "LOGIT", ["datatype"] = "FP32", ["shape"] = new JsonArray(texts.Count, 1), ["data"] = new JsonArray([.. texts.Select(text => Score(text))]),
        }),
    };
}
