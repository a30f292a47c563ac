using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>What is served beside scores: models, health, the API's description.</summary>
public sealed class ServiceRoutesTests : IAsyncDisposable
{
    private readonly ScriptedModel _model = new();
    private readonly TestGateway _gateway;

    public ServiceRoutesTests() => _gateway = TestGateway.With(_model, ("Gateway:Models:scripted:Aliases:0", "org/rm"), ("Gateway:Models:scripted:Aliases:1", "rm"));

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Models_OneModel_IsListedInOpenAisShapeAndMore()
    {
        var expected = JsonNode.Parse("""
            {"object": "list", "data": [{"id": "scripted", "object": "model", "created": "*", "owned_by": "reward-gateway", "root": "scripted", "parent": null,
              "max_model_len": null, "revision": "scripted-1", "granularity": "pointwise", "aliases": ["org/rm", "rm"], "is_default": true}]}
            """)!;

        var list = await GetAsync("/v1/models");
        var one = await GetAsync("/v1/models/scripted");

        Assert.Empty(JsonDifference.Of(expected, list));
        Assert.Empty(JsonDifference.Of(expected["data"]![0], one));
        Assert.InRange(list["data"]![0]!["created"]!.GetValue<long>(), 1_700_000_000, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    }

    [Fact]
    public async Task Models_UnknownName_IsAProblem()
    {
        using var response = await _gateway.Http.GetAsync("/v1/models/nobody", TestContext.Current.CancellationToken);

        Assert.Equal(404, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("unknown_model", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_WhileStopping_Is503AndAliveStays200()
    {
        var seen = new List<(string Path, int Status, string Body)>();
        var lifetime = _gateway.Services.GetRequiredService<IHostApplicationLifetime>();
        // Callbacks run before the server stops listening.
        using var _ = lifetime.ApplicationStopping.Register(() => seen.AddRange(new[] { "/readyz", "/healthz", "/health" }.Select(Get)));
        Assert.Equal(("/readyz", 200, "ready\n"), Get("/readyz"));
        Assert.All((string[])["/health", "/models/scripted/health"], path => Assert.Equal((path, 200, """{"status":"ok"}"""), Get(path)));

        lifetime.StopApplication();

        await Eventually.TrueAsync(() => seen.Count == 3, "the probes were answered while stopping");
        Assert.Equal([("/readyz", 503, "stopping\n"), ("/healthz", 200, "alive\n"), ("/health", 503, """{"status":"error","reason":"stopping"}""")], seen);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/nothing", 404)]
    [InlineData("GET", "/v1/score", 405)]
    [InlineData("GET", "/classify", 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    public async Task Any_UnknownRouteOrMethod_IsAProblem(string method, string path, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await _gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task OpenApi_Document_DescribesTheRoutesAndTheCall()
    {
        var document = await GetAsync("/openapi/v1.json");

        Assert.StartsWith("3.", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        var paths = document["paths"]!.AsObject().Select(path => path.Key).ToArray();
        Assert.All(
            (string[])["/v1/score", "/v1/criteria", "/v1/models", "/v1/models/{model}", "/healthz", "/readyz", "/get_reward", "/", "/slime", "/slime/object", "/classify", "/api/rewardanything", "/api/rewardanything_batch",
                "/swift/v1/chat/completions", "/swift/v1/models", "/verify", "/compare", "/seed_session", "/reverify_mode", "/evaluate", "/health"],
            path => Assert.Contains(path, paths));
        var score = document["paths"]!["/v1/score"]!["post"]!;
        var body = Resolve(document, score["requestBody"]!["content"]!["application/json"]!["schema"]!);
        Assert.Equal(["criteria", "items", "messages", "model", "options", "principle", "prompt", "reference", "response", "rubric"], body["properties"]!.AsObject().Select(field => field.Key).Order());
        var reply = Resolve(document, score["responses"]!["200"]!["content"]!["application/json"]!["schema"]!);
        Assert.Equal(["model", "results", "revision", "usage"], reply["properties"]!.AsObject().Select(field => field.Key).Order());
        Assert.Equal(["200", "400", "403", "404", "413", "429", "500", "503", "504"], score["responses"]!.AsObject().Select(one => one.Key).Order());
        Assert.NotNull(score["responses"]!["429"]!["content"]!["application/problem+json"]);
    }

    [Fact]
    public async Task OpenApi_EveryReference_LeadsSomewhere()
    {
        var document = await GetAsync("/openapi/v1.json");

        Assert.All(References(document), reference => Assert.NotNull(Follow(document, reference)));
    }

    private static JsonNode Resolve(JsonNode document, JsonNode schema) =>
        schema["$ref"] is { } reference ? Follow(document, reference.GetValue<string>())! : schema;

    private static JsonNode? Follow(JsonNode document, string reference) =>
        reference.TrimStart('#', '/').Split('/').Aggregate((JsonNode?)document, (node, step) => node is JsonArray list
            ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]
            : node?[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]);

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(field => field.Key == "$ref" ? [field.Value!.GetValue<string>()] : References(field.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    private (string Path, int Status, string Body) Get(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = _gateway.Http.Send(request);
        using var body = new StreamReader(response.Content.ReadAsStream());
        return (path, (int)response.StatusCode, body.ReadToEnd());
    }

    private async Task<JsonNode> GetAsync(string path) =>
        JsonNode.Parse(await _gateway.Http.GetStringAsync(path, TestContext.Current.CancellationToken))!;
}
