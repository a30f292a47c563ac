namespace Gateway.Server.Tests;

/// <summary>What the compatibility dialects make of a request; their shapes are in Samples.</summary>
public sealed class DialectRequestTests
{
    private const string Opened = "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n";
    private const string OpenedJson = "<|im_start|>user\\nHi<|im_end|>\\n<|im_start|>assistant\\n";

    private readonly ScriptedModel _model = new();

    public static TheoryData<string, string, string, string, string> Requests => new()
    {
        { "/slime", """{"prompt": "Hi", "response": "r"}""", "conversation", "user: Hi", "r" },
        { "/slime", """{"prompt": [{"role": "system", "content": "s"}, {"role": "user", "content": null}], "response": "r"}""", "conversation", "system: s\nuser: ", "r" },
        { "/slime", $$"""{"prompt": "{{OpenedJson}}", "response": "r<|im_end|>"}""", "templated", Opened, Opened + "r<|im_end|>" },
        { "/slime", """{"prompt": "<|im_start|>user\nHi<|im_end|>\n", "response": "r"}""", "conversation", "user: <|im_start|>user\nHi<|im_end|>\n", "r" },
        { "/get_reward", """{"query": ["abc"]}""", "templated", "", "abc" },
        { "/get_reward", $$"""{"query": ["{{OpenedJson}}r"], "prompts": ["{{OpenedJson}}"]}""", "templated", Opened, Opened + "r" },
        { "/classify", """{"input": "abc"}""", "templated", "", "abc" },
        { "/classify", """{"input": [1, 2, 3]}""", "ids", "", "1,2,3" },
        { "/classify", """{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}, {"role": "assistant", "content": "c"}]}""",
            "conversation", "user: Hi\nassistant: a\nuser: b", "c" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Post_ADialectsRequest_ReachesTheModelAs(string path, string body, string kind, string prompt, string response)
    {
        await using var gateway = TestGateway.With(_model);

        var (status, reply, _) = await gateway.PostAsync(path, body);

        Assert.True(status == 200, reply?.ToJsonString());
        Assert.Equal(new SeenText(kind, prompt, response), Assert.Single(_model.Seen));
    }

    [Fact]
    public async Task Slime_NoTemplate_TakesEveryTextPromptAsAUserTurn()
    {
        _model.Template = null;
        await using var gateway = TestGateway.With(_model);

        await gateway.PostAsync("/slime", $$"""{"prompt": "{{OpenedJson}}", "response": "r"}""");

        Assert.Equal("user: " + Opened, Assert.Single(_model.Seen).Prompt);
    }

    [Fact]
    public async Task Slime_ConfiguredPaths_ReplaceTheDefaults()
    {
        await using var gateway = TestGateway.With(
            _model, ("Gateway:Slime:NumberPaths:0", "/reward"), ("Gateway:Slime:NumberPaths:1", "/a/b"), ("Gateway:Slime:ObjectPaths:0", "/reward/object"));
        const string Body = """{"prompt": "p", "response": "xyz"}""";

        Assert.Equal("3", (await gateway.PostAsync("/reward", Body)).Json!.ToJsonString());
        Assert.Equal("3", (await gateway.PostAsync("/a/b", Body)).Json!.ToJsonString());
        Assert.Equal("""{"score":3,"tokens":3,"truncated":false}""", (await gateway.PostAsync("/reward/object", Body)).Json!.ToJsonString());
        Assert.Equal("3", (await gateway.PostAsync("/models/scripted/reward", Body)).Json!.ToJsonString());
        Assert.All(await Task.WhenAll(((string[])["/", "/slime", "/slime/object"]).Select(path => gateway.PostAsync(path, Body))), reply => Assert.Equal(404, reply.Status));
    }

    [Theory]
    [InlineData("/v1/score", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/get_reward", """{"query": ["x"]}""")]
    [InlineData("/get_reward", """{"query": ["x"], "model": "nobody"}""")]
    [InlineData("/slime", """{"prompt": "p", "response": "x"}""")]
    [InlineData("/classify", """{"input": "x", "model": "nobody"}""")]
    public async Task Post_NoDefaultModel_Is404AndItsNameStillAnswers(string path, string body)
    {
        await using var gateway = TestGateway.With(_model, services => { }, ("Gateway:DefaultModel", ""));

        var (status, reply, _) = await gateway.PostAsync(path, body);

        Assert.Equal(404, status);
        Assert.Contains("scripted", reply!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await gateway.PostAsync("/models/scripted" + path, body)).Status);
    }
}
