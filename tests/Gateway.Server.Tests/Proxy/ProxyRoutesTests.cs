using System.Text;
using System.Text.Json.Nodes;
using Gateway.Server.Tests.Upstream;

namespace Gateway.Server.Tests.Proxy;

/// <summary>Which cluster a request reaches, what of it arrives there, and what answers where there is none.</summary>
public sealed class ProxyRoutesTests
{
    public static TheoryData<string> Routes => ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/tokenize", "/detokenize", "/generate"];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_ModelOfACluster_ArrivesUntouchedAndSoDoesTheReply(string route)
    {
        await using var upstream = await ScriptedUpstream.StartAsync(http =>
        {
            http.Response.Headers["X-Engine"] = new(["one", "two"]);
            return ScriptedUpstream.JsonAsync(http, 418, """ {"odd" :  1}""");
        });
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        const string Body = """  { "x":[1.0, 2e0],"model" :"c", "nested":{"model":"other"} , "é":"\u00e9"}""";

        var (status, _, response) = await gateway.PostAsync(route + "?a=1&b=%2F", Body);
        var named = await gateway.PostAsync("/models/c" + route, "anything at all");

        Assert.Equal(418, status);
        Assert.Equal(""" {"odd" :  1}""", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(["one", "two"], response.Headers.GetValues("X-Engine"));
        Assert.Equal("c", response.Headers.GetValues("X-Gateway-Model").Single());
        Assert.Matches(@"^gateway;dur=[\d.]+, upstream;dur=[\d.]+$", response.Headers.GetValues("Server-Timing").Single());
        Assert.Equal(418, named.Status);
        Assert.Equal([("POST", route + "?a=1&b=%2F", Body), ("POST", route, "anything at all")], upstream.Seen.Select(seen => (seen.Method, seen.Path, seen.Body)));
    }

    [Fact]
    public async Task Post_NamesOfSeveralClusters_ReachTheirCluster()
    {
        await using var one = await ScriptedUpstream.StartAsync("one");
        await using var two = await ScriptedUpstream.StartAsync("two");
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c1", one), .. ScriptedUpstream.Cluster("c2", two),
            ("Gateway:Clusters:c2:PassThrough:Models:0", "org/Two-7B"), ("Gateway:Clusters:c2:PassThrough:Models:1", "größe"), ("Gateway:Proxy:DefaultCluster", "c1")]);

        var reached = new List<string>();
        foreach (var body in new[] { """{"model":"c1"}""", """{"model":"c2"}""", """{"model":"org\/Two-7B"}""", """{"model":"größe"}""", """{"text":"no model"}""" })
        {
            reached.Add(await TextAsync(gateway, "/generate", body));
        }

        reached.Add(await TextAsync(gateway, "/models/org%2FTwo-7B/generate", """{"model":"c1"}"""));
        Assert.Equal(["one", "two", "two", "two", "one", "two"], reached);
    }

    [Fact]
    public async Task Post_SendAs_ReplacesTheModelsBytesAndNoOthers()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:PassThrough:SendAs", "org/\"Judge\"")]);

        await TextAsync(gateway, "/v1/completions", """{ "a":1.50, "model" : "c" ,"prompt":"c"}""");
        await TextAsync(gateway, "/models/c/v1/completions", """{"model":"whatever","prompt":"c"}""");
        await TextAsync(gateway, "/models/c/generate", """{"text":"no model"}""");

        Assert.Equal(
            ["""{ "a":1.50, "model" : "org/\u0022Judge\u0022" ,"prompt":"c"}""", """{"model":"org/\u0022Judge\u0022","prompt":"c"}""", """{"text":"no model"}"""],
            upstream.Seen.Select(seen => seen.Body));
        Assert.All(upstream.Seen, seen => Assert.Equal(Encoding.UTF8.GetByteCount(seen.Body).ToString(System.Globalization.CultureInfo.InvariantCulture), seen.Headers["Content-Length"]));
    }

    [Fact]
    public async Task Post_Translations_AreDoneWhereTheClusterAsksForThem()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("new", upstream), .. ScriptedUpstream.Cluster("plain", upstream),
            ("Gateway:Clusters:new:PassThrough:Translations:0", "GuidedToStructured"), ("Gateway:Clusters:new:PassThrough:SendAs", "served")]);

        foreach (var model in new[] { "new", "plain" })
        {
            await TextAsync(gateway, "/v1/chat/completions", $$"""{"model":"{{model}}", "guided_choice":["yes","no"]}""");
        }

        Assert.Equal(
            ["""{"model":"served","structured_outputs":{"choice":["yes","no"]}}""", """{"model":"plain", "guided_choice":["yes","no"]}"""],
            upstream.Seen.Select(seen => seen.Body));
    }

    [Theory]
    [InlineData("""{"model":"nobody"}""", 404, "unknown_model", "model", "No model is named 'nobody'; known are c, alias.")]
    [InlineData("""{"model":"C"}""", 404, "unknown_model", "model", "No model is named 'C'; known are c, alias.")]
    [InlineData("""{"model":"off"}""", 404, "unknown_model", "model", "No model is named 'off'; known are c, alias.")]
    [InlineData("""{"messages":[]}""", 400, "invalid_request", "model", "The request names no model and Gateway:Proxy:DefaultCluster is not set; send model, one of c, alias.")]
    [InlineData("""{"model":7}""", 400, "invalid_request", "model", "model: send the name as a text.")]
    [InlineData("""{"model":"c","model":"c"}""", 400, "invalid_request", "model", "model: the field is given twice; send it once.")]
    [InlineData("nonsense", 400, "invalid_request", "model", "The body is not JSON: line 1, byte 1. Send one JSON object.")]
    public async Task Post_NoCluster_IsAnErrorInOpenAisShape(string body, int expected, string code, string? param, string message)
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("c", upstream), ("Gateway:Clusters:c:PassThrough:Models:0", "alias"),
            .. ScriptedUpstream.Cluster("off", upstream), ("Gateway:Clusters:off:PassThrough:Enabled", "false")]);

        var (status, reply, response) = await gateway.PostAsync("/v1/chat/completions", body);

        Assert.Equal(expected, status);
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(code, response.Headers.GetValues("X-Gateway-Error").Single());
        Assert.Empty(JsonDifference.Of(
            new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["code"] = code, ["param"] = param } }, reply));
        Assert.Empty(upstream.Seen);
    }

    [Fact]
    public async Task Post_EncodedBody_PassesOnlyByPath()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), ScriptedUpstream.Cluster("c", upstream));
        using var content = new ByteArrayContent([0x1f, 0x8b, 1, 2]);
        content.Headers.ContentEncoding.Add("gzip");

        var (status, reply, _) = await gateway.SendAsync("/generate", content);
        using var passed = await gateway.Http.PostAsync("/models/c/generate", content, TestContext.Current.CancellationToken);

        Assert.Equal(400, status);
        Assert.StartsWith("Content-Encoding 'gzip' is not read; ", reply!["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(200, (int)passed.StatusCode);
        Assert.Equal("gzip", Assert.Single(upstream.Seen).Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Models_Clusters_AreListedBesideWhatIsScored()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = TestGateway.With(new ScriptedModel(), [
            .. ScriptedUpstream.Cluster("judge", upstream), ("Gateway:Clusters:judge:PassThrough:Models:0", "org/Judge"),
            .. ScriptedUpstream.Cluster("off", upstream), ("Gateway:Clusters:off:PassThrough:Enabled", "false")]);
        var expected = JsonNode.Parse("""
            {"id": "judge", "object": "model", "created": "*", "owned_by": "cluster", "root": "judge", "parent": null,
              "max_model_len": null, "revision": null, "granularity": null, "aliases": ["org/Judge"], "is_default": false}
            """)!;

        var list = JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/models", TestContext.Current.CancellationToken))!;
        var one = JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/models/judge", TestContext.Current.CancellationToken));

        Assert.Equal(["scripted", "judge"], list["data"]!.AsArray().Select(card => card!["id"]!.GetValue<string>()));
        Assert.Empty(JsonDifference.Of(expected, list["data"]![1]));
        Assert.Empty(JsonDifference.Of(expected, one));
        Assert.Empty(JsonDifference.Of(expected, JsonNode.Parse(await gateway.Http.GetStringAsync("/v1/models/org%2FJudge", TestContext.Current.CancellationToken))));
        Assert.Empty(upstream.Seen);
    }

    private static async Task<string> TextAsync(TestGateway gateway, string path, string body)
    {
        using var content = new StringContent(body);
        using var response = await gateway.Http.PostAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)response.StatusCode);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
