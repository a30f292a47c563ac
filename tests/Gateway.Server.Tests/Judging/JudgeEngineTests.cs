using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Judging;

/// <summary>A judge on each engine by configuration alone: what is sent in that engine's words, and what its replies and errors come to.</summary>
public sealed class JudgeEngineTests
{
    private const string Schema = """{"type":"object","properties":{"explanation":{"type":"string"},"score":{"type":"integer","enum":[1,2,3,4,5]}},"required":["explanation","score"],"additionalProperties":false}""";
    private const string Verdict = """{\"explanation\": \"right\", \"score\": 4}""";
    private const string Reasons = """Not {\"explanation\": \"wrong\", \"score\": 1}.""";

    private const string Vllm = $$$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Verdict}}}","refusal":null,"annotations":null,"audio":null,"function_call":null,"tool_calls":[],"reasoning":"{{{Reasons}}}"},"logprobs":null,"finish_reason":"stop","stop_reason":null,"token_ids":null}],"service_tier":null,"system_fingerprint":null,"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":null},"prompt_logprobs":null,"prompt_token_ids":null,"kv_transfer_params":null}
        """;

    private const string Sglang = $$$"""
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Verdict}}}","reasoning_content":"{{{Reasons}}}","tool_calls":null},"logprobs":null,"finish_reason":"stop","matched_stop":151645}],"usage":{"prompt_tokens":12,"total_tokens":15,"completion_tokens":3,"prompt_tokens_details":null,"reasoning_tokens":0},"metadata":{"weight_version":"default"}}
        """;

    private const string LlamaCpp = $$$"""
        {"choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant","content":"{{{Verdict}}}","reasoning_content":"{{{Reasons}}}"}}],"created":1,"model":"m","system_fingerprint":"b6000","object":"chat.completion","usage":{"completion_tokens":3,"prompt_tokens":12,"total_tokens":15},"id":"chatcmpl-1","timings":{"cache_n":0,"prompt_n":12,"prompt_ms":1.5,"predicted_n":3,"predicted_ms":2.5}}
        """;

    private const string Tgi = $$$"""
        {"object":"chat.completion","id":"","created":1,"model":"m","system_fingerprint":"3.3.5-native","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Verdict}}}"},"logprobs":null,"finish_reason":"eos_token"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}
        """;

    private const string OpenAi = $$$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{{Verdict}}}","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":null}
        """;

    [Theory]
    [InlineData("Vllm", """ "structured": "structured_outputs", "thinking": false, "sampling": {"temperature": 0.5, "top_p": 0.75, "top_k": 20, "seed": 7, "max_tokens": 64} """,
        $$$$$$"""{"model":"m","stream":false,"temperature":0.5,"top_p":0.75,"top_k":20,"max_tokens":64,"seed":7,"structured_outputs":{"json":{{{{{{Schema}}}}}}},"chat_template_kwargs":{"enable_thinking":false}}""", Vllm)]
    [InlineData("Vllm", """ "structured": "guided_json" """, $$$$$$"""{"model":"m","stream":false,"temperature":0,"max_tokens":2048,"guided_json":{{{{{{Schema}}}}}}}""", Vllm)]
    [InlineData("Sglang", """ "structured": "json_schema" """,
        $$$$$$"""{"model":"m","stream":false,"temperature":0,"max_tokens":2048,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{{{{{{Schema}}}}}}}}}""", Sglang)]
    [InlineData("LlamaCpp", """ "structured": "json_schema", "context_tokens": 8192 """,
        $$$$$$"""{"model":"m","stream":false,"temperature":0,"max_tokens":2048,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{{{{{{Schema}}}}}}}}}""", LlamaCpp)]
    [InlineData("Tgi", """ "structured": "tgi" """, $$$$$$"""{"model":"m","stream":false,"temperature":0,"max_tokens":2048,"response_format":{"type":"json","value":{{{{{{Schema}}}}}}}}""", Tgi)]
    [InlineData("OpenAi", """ "structured": "json_schema", "max_completion_tokens": true, "sampling": {"temperature": null}, "extra": {"reasoning_effort": "low"} """,
        $$$$$$"""{"model":"m","stream":false,"max_completion_tokens":2048,"response_format":{"type":"json_schema","json_schema":{"name":"verdict","strict":true,"schema":{{{{{{Schema}}}}}}}},"reasoning_effort":"low"}""", OpenAi)]
    public async Task Score_ByAnEngine_SendsItsWordsAndReadsItsReply(string engine, string more, string sent, string reply)
    {
        await using var judge = await StartAsync(engine, """{"kind": "rubric"}""", more, http => ScriptedUpstream.JsonAsync(http, 200, reply));

        var (status, scored) = await judge.ScoreAsync(Body());

        Assert.Equal((200, 4.0), (status, First(scored)["score"]!.GetValue<double>()));
        Assert.Equal((12, 3), (First(scored)["judgement"]!["judge_prompt_tokens"]!.GetValue<int>(), First(scored)["judgement"]!["judge_completion_tokens"]!.GetValue<int>()));
        var asked = Assert.Single(judge.Engine.Seen, seen => seen.Path == "/v1/chat/completions");
        var body = JsonNode.Parse(asked.Body)!.AsObject();
        Assert.Equal(["system", "user"], body["messages"]!.AsArray().Select(turn => turn!["role"]!.GetValue<string>()));
        body.Remove("messages");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(sent), body), body.ToJsonString());
        Assert.Equal(engine == "LlamaCpp", asked.Headers.TryGetValue("Connection", out var connection) && connection == "close");
        Assert.Equal("Bearer key", asked.Headers["Authorization"]);
    }

    // By hand: 0.8 and 0.2 are e to -0.2231435513 and -1.6094379124.
    [Theory]
    [InlineData("Vllm", 20, """{"content":[{"token":"Yes","logprob":-0.2231435513,"bytes":[89,101,115],"top_logprobs":[{"token":"Yes","logprob":-0.2231435513,"bytes":[89,101,115]},{"token":"No","logprob":-1.6094379124,"bytes":[78,111]},{"token":"?","logprob":-9999.0,"bytes":[63]}]}]}""")]
    [InlineData("Sglang", 20, """{"content":[{"token":"Yes","bytes":[89,101,115],"logprob":-0.2231435513,"top_logprobs":[{"token":"Yes","bytes":[89,101,115],"logprob":-0.2231435513},{"token":"No","bytes":[78,111],"logprob":-1.6094379124}]}]}""")]
    [InlineData("LlamaCpp", 20, """{"content":[{"id":9642,"token":"Yes","bytes":[89,101,115],"logprob":-0.2231435513,"top_logprobs":[{"id":9642,"token":"Yes","bytes":[89,101,115],"logprob":-0.2231435513},{"id":2822,"token":"No","bytes":[78,111],"logprob":-1.6094379124}]}]}""")]
    [InlineData("Tgi", 5, """{"content":[{"token":"Yes","logprob":-0.2231435513,"top_logprobs":[{"token":"Yes","logprob":-0.2231435513},{"token":"No","logprob":-1.6094379124}]}]}""")]
    [InlineData("OpenAi", 20, """{"content":[{"token":"Yes","logprob":-0.2231435513,"bytes":[89,101,115],"top_logprobs":[{"token":"Yes","logprob":-0.2231435513,"bytes":[89,101,115]},{"token":"No","logprob":-1.6094379124,"bytes":[78,111]}]}],"refusal":null}""")]
    public async Task Score_ByProbabilitiesOfAnEngine_AsksForWhatItGives(string engine, int top, string logprobs)
    {
        await using var judge = await StartAsync(
            engine, """{"kind": "yes-no", "questions": ["Is it right?"]}""", engine == "LlamaCpp" ? """ "context_tokens": 8192 """ : "",
            http => ScriptedUpstream.JsonAsync(http, 200, $$$"""{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes"},"logprobs":{{{logprobs}}},"finish_reason":"length"}],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":13}}"""));

        var (status, scored) = await judge.ScoreAsync(Body());

        Assert.Equal(200, status);
        Assert.Equal(0.8, First(scored)["score"]!.GetValue<double>(), 6);
        var body = JsonNode.Parse(judge.Engine.Seen.Single(seen => seen.Path == "/v1/chat/completions").Body)!;
        Assert.Equal((true, top, 8), (body["logprobs"]!.GetValue<bool>(), body["top_logprobs"]!.GetValue<int>(), body["max_tokens"]!.GetValue<int>()));
    }

    [Theory]
    [InlineData("Vllm", 400, """{"error":{"message":"This model's maximum context length is 4096 tokens. However, you requested 2048 output tokens and your prompt contains at least 2049 input tokens, for a total of at least 4097 tokens.","type":"BadRequestError","param":"input_tokens","code":400}}""", 413, "input_too_long")]
    [InlineData("Vllm", 401, """{"error":"Unauthorized"}""", 502, "upstream_failed")]
    [InlineData("Vllm", 404, """{"error":{"message":"The model `m` does not exist.","type":"NotFoundError","param":"model","code":404}}""", 502, "upstream_failed")]
    [InlineData("Vllm", 500, """{"error":{"message":"EngineCore encountered an issue.","type":"InternalServerError","param":null,"code":500}}""", 502, "upstream_failed")]
    [InlineData("Vllm", 400, """{"object":"error","message":"This model's maximum context length is 4096 tokens.","type":"BadRequestError","param":null,"code":400}""", 413, "input_too_long")]
    [InlineData("Sglang", 400, """{"object":"error","message":"The input (4100 tokens) is longer than the model's context length (4096 tokens).","type":"BadRequestError","param":null,"code":400}""", 413, "input_too_long")]
    [InlineData("Sglang", 503, """{"object":"error","message":"The request queue is full.","type":"SERVICE_UNAVAILABLE","param":null,"code":503}""", 503, "not_ready")]
    [InlineData("Sglang", 200, """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{"},"finish_reason":"abort","matched_stop":null}],"usage":{"prompt_tokens":1,"total_tokens":1,"completion_tokens":0}}""", 502, "upstream_failed")]
    [InlineData("LlamaCpp", 400, """{"error":{"code":400,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"exceed_context_size_error","n_prompt_tokens":9000,"n_ctx":8192}}""", 413, "input_too_long")]
    [InlineData("LlamaCpp", 503, """{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}""", 503, "not_ready")]
    [InlineData("LlamaCpp", 500, """{"error":{"code":500,"message":"failed to parse grammar","type":"server_error"}}""", 502, "upstream_failed")]
    [InlineData("Tgi", 422, """{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 3000 `inputs` tokens and 2048 `max_new_tokens`","error_type":"validation"}""", 413, "input_too_long")]
    [InlineData("Tgi", 429, """{"error":"Model is overloaded","error_type":"overloaded"}""", 429, "overloaded")]
    [InlineData("Tgi", 424, """{"error":"Request failed during generation: Server error: CUDA error","error_type":"generation"}""", 502, "upstream_failed")]
    [InlineData("Tgi", 500, """{"error":"Incomplete generation","error_type":"Incomplete generation"}""", 502, "upstream_failed")]
    [InlineData("OpenAi", 400, """{"error":{"message":"This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", 413, "input_too_long")]
    [InlineData("OpenAi", 400, """{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}""", 422, "rejected")]
    [InlineData("OpenAi", 400, """{"error":{"message":"Invalid prompt: your prompt was flagged as potentially violating our usage policy.","type":"invalid_request_error","param":null,"code":"invalid_prompt"}}""", 502, "judge_refused")]
    [InlineData("OpenAi", 400, """{"error":{"message":"The response was filtered.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", 502, "judge_refused")]
    [InlineData("OpenAi", 401, """{"error":{"message":"Incorrect API key provided.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", 502, "upstream_failed")]
    [InlineData("OpenAi", 429, """{"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", 429, "overloaded")]
    [InlineData("OpenAi", 200, """{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"x"}}}""", 502, "upstream_failed")]
    [InlineData("OpenAi", 200, """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":"I'm sorry, I can't assist with that."},"finish_reason":"stop"}]}""", 502, "judge_refused")]
    public async Task Score_ErrorOfAnEngine_IsATypedFailureAndNeverANumber(string engine, int said, string body, int status, string kind)
    {
        await using var judge = await StartAsync(
            engine, """{"kind": "rubric"}""", engine == "LlamaCpp" ? """ "context_tokens": 8192 """ : "", http => ScriptedUpstream.JsonAsync(http, said, body), ("Gateway:Clusters:judges:Retries", "0"));

        var (given, reply) = await judge.ScoreAsync(Body());

        Assert.Equal((status, kind, null), (given, First(reply)["error"]!["kind"]!.GetValue<string>(), First(reply)["score"]));
    }

    [Theory]
    [InlineData("Sglang", "guided_json", "'structured' is 'guided_json', which Sglang ignores without a word, or refuses; write 'json_schema' or 'json_object', or 'none'.")]
    [InlineData("LlamaCpp", "structured_outputs", "'structured' is 'structured_outputs', which LlamaCpp ignores without a word, or refuses; write 'json_schema' or 'json_object', or 'none'.")]
    [InlineData("Tgi", "json_schema", "'structured' is 'json_schema', which Tgi ignores without a word, or refuses; write 'tgi', or 'none'.")]
    [InlineData("Vllm", "tgi", "'structured' is 'tgi', which Vllm ignores without a word, or refuses; write 'json_schema' or 'json_object' or 'structured_outputs' or 'guided_json', or 'none'.")]
    [InlineData("OpenAi", "guided_json", null)]
    [InlineData("None", "tgi", null)]
    public void Read_AnotherEnginesSpelling_IsRefused(string engine, string structured, string? problem)
    {
        var problems = Read(engine, $$"""{"kind": "rubric"}""", $$""" "context_tokens": 9000, "structured": "{{structured}}" """);

        Assert.Equal(problem is null ? [] : [problem], problems);
    }

    [Fact]
    public void Read_MoreLogprobsThanTgiGives_IsRefused()
    {
        const string Style = """{"kind": "yes-no", "questions": ["Is it right?"]}""";

        Assert.Equal(["'sampling.top_logprobs' is 6; it must be a whole number of at least 1 and at most 5."], Read("Tgi", Style, """ "sampling": {"top_logprobs": 6} """));
        Assert.Empty(Read("Vllm", Style, """ "sampling": {"top_logprobs": 6} """));
    }

    private static List<string> Read(string engine, string style, string more)
    {
        var problems = new List<string>();
        new Server.Judging.JudgeManifestReader(_ => null, _ => Enum.Parse<Server.Upstream.Engine>(engine))
            .Read(System.Text.Encoding.UTF8.GetBytes(JudgeGateway.Manifest(style, more)), problems);
        return problems;
    }

    private static Task<JudgeGateway> StartAsync(string engine, string style, string more, Func<HttpContext, Task> answer, params (string, string)[] settings) =>
        JudgeGateway.StartAsync(
            JudgeGateway.Manifest(style, more), (http, _) => answer(http),
            [("Gateway:Clusters:judges:Engine", engine), ("Gateway:Clusters:judges:Authorization", "Bearer key"), .. settings]);

    private static object Body() => new { items = new[] { new { prompt = "What is 2 + 2?", responses = new[] { "four" } } } };

    private static JsonNode First(JsonNode reply) => reply["results"]![0]!["scores"]![0]!;
}
