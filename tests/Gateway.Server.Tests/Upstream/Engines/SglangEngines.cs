using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>SGLang's native route: a bare list, and errors in an <c>error</c> object.</summary>
internal sealed class SglangClassifyEngine : ScriptedEngine
{
    public override string Kind => "sglang-classify";

    public override string Manifest => """{"max_tokens": 65536}""";

    public override bool HasIndex => false;

    public override string TooLong => "The input (600 tokens) is longer than the model's context length (512 tokens).";

    protected override string Route => "/classify";

    public override string Error(int status, string message) => new JsonObject { ["error"] = new JsonObject { ["message"] = message } }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request) => Strings(request["text"]);

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => new JsonArray([.. texts.Select(text => new JsonObject
    {
        ["embedding"] = new JsonArray(Score(text)),
        ["meta_info"] = new JsonObject { ["id"] = "1", ["finish_reason"] = null, ["prompt_tokens"] = Tokens([text]), ["e2e_latency"] = 0.01 },
    })]);

    protected override Task OtherAsync(HttpContext http, JsonNode request) => SglangTokenizer.AnswerAsync(http, request, base.OtherAsync);
}

/// <summary>SGLang's OpenAI route: flat errors.</summary>
internal sealed class SglangEmbeddingsEngine : ScriptedEngine
{
    public override string Kind => "sglang-embeddings";

    public override string Manifest => """{"max_tokens": 65536}""";

    public override string TooLong => "The input (600 tokens) is longer than the model's context length (512 tokens).";

    protected override string Route => "/v1/embeddings";

    public override string Error(int status, string message) =>
        new JsonObject { ["object"] = "error", ["message"] = message, ["type"] = "BadRequestError", ["param"] = null, ["code"] = status }.ToJsonString();

    public override JsonArray Entries(JsonNode reply) => reply["data"]!.AsArray();

    protected override IReadOnlyList<string> Texts(JsonNode request) => Strings(request["input"]);

    protected override JsonNode Reply(JsonNode request, IReadOnlyList<string> texts) => new JsonObject
    {
        ["object"] = "list",
        ["model"] = request["model"]!.DeepClone(),
        ["data"] = new JsonArray([.. texts.Select((text, i) => new JsonObject { ["object"] = "embedding", ["index"] = i, ["embedding"] = new JsonArray(Score(text)) })]),
        ["usage"] = new JsonObject { ["prompt_tokens"] = Tokens(texts), ["total_tokens"] = Tokens(texts), ["completion_tokens"] = 0 },
    };

    protected override Task OtherAsync(HttpContext http, JsonNode request) => SglangTokenizer.AnswerAsync(http, request, base.OtherAsync);
}

/// <summary>SGLang's tokenizer route: a token for every four bytes, and one more.</summary>
internal static class SglangTokenizer
{
    public static Task AnswerAsync(HttpContext http, JsonNode request, Func<HttpContext, JsonNode, Task> other)
    {
        if (http.Request.Path != "/tokenize")
        {
            return other(http, request);
        }

        var count = (System.Text.Encoding.UTF8.GetByteCount(request["prompt"]!.GetValue<string>()) / 4) + 1;
        return ScriptedUpstream.JsonAsync(http, 200, $$"""{"tokens": [1, 2], "count": {{count}}, "max_model_len": 512}""");
    }
}
