using System.Text.Json.Nodes;
using Gateway.Core.Scoring;

namespace Gateway.Onnx.Tests.Manifest;

public class StartupTests
{
    [Theory]
    [InlineData("model.onnx", "missing", "put it into the model's folder")]
    [InlineData("tokenizer.model", "missing", "put it into the model's folder")]
    public async Task LoadAsync_FileMissing_NamesIt(string file, params string[] expected)
    {
        using var fixture = FixtureModel.Create();
        File.Delete(fixture.PathOf(file));
        await RefusesAsync(fixture, [$"'{file}'", .. expected]);
    }

    [Fact]
    public async Task LoadAsync_ManifestMissing_NamesIt()
    {
        using var fixture = FixtureModel.Create();
        AssertProblem(await FaultAsync(fixture.Folder), "'model.json'", "missing");
    }

    [Fact]
    public async Task LoadAsync_ManifestNoJson_NamesTheLine()
    {
        using var fixture = FixtureModel.Create();
        await File.WriteAllTextAsync(fixture.PathOf("model.json"), "{\n  \"kind\": \"onnx\",\n  \"graph\": oops\n}", TestContext.Current.CancellationToken);
        AssertProblem(await FaultAsync(fixture.Folder), "line 3");
    }

    [Theory]
    [InlineData("[]", "holds no object")]
    [InlineData("""{ "graph": "\ud800" }""", "holds a string that is no text")]
    [InlineData("""{ "\ud800": 1 }""", "holds a string that is no text")]
    [InlineData("""{ "kind": "onnx", "kind": "onnx" }""", "'kind' occurs twice")]
    public async Task LoadAsync_ManifestOddlyShaped_SaysSo(string json, string expected)
    {
        using var fixture = FixtureModel.Create();
        await File.WriteAllTextAsync(fixture.PathOf("model.json"), json, TestContext.Current.CancellationToken);
        AssertProblem(await FaultAsync(fixture.Folder), expected);
    }

    [Theory]
    [InlineData("max_token", "256", "unknown key 'max_token'", "did you mean 'max_tokens'?")]
    [InlineData("kind", "\"remote\"", "'kind' is 'remote'", "'onnx'")]
    [InlineData("max_tokens", "\"many\"", "'max_tokens' is \"many\"", "whole number")]
    [InlineData("max_tokens", "0", "'max_tokens' is 0", "at least 1")]
    [InlineData("max_tokens", "1.5", "'max_tokens' is 1.5", "at least 1")]
    [InlineData("max_tokens", "2147483647", "'max_tokens' is 2147483647", "at most 1048576")]
    [InlineData("max_tokens", "1048577", "'max_tokens' is 1048577", "at most 1048576")]
    [InlineData("graph", "\"model\\u0000.onnx\"", "'model\\0.onnx' cannot be a file's name", "correct it in model.json")]
    [InlineData("tokenizer", "{\"type\":\"sentencepiece\",\"file\":\"\\u0000\",\"vocabulary\":900}", "'\\0' cannot be a file's name", "correct it in model.json")]
    [InlineData("graph", "null", "'graph' is null", "a string")]
    [InlineData("graph", "7", "'graph' is 7", "a string")]
    [InlineData("bos", "7", "'bos' is 7", "a string or null")]
    [InlineData("bos", "\"<S>\"", "'bos' is '<S>'", "did you mean '<s>'?")]
    [InlineData("eos", "\"<eos>\"", "'eos' is '<eos>'", "not in the vocabulary")]
    [InlineData("control_tokens", "[\"<x>\"]", "'control_tokens' is '<x>'", "not in the vocabulary")]
    [InlineData("control_tokens", "[1]", "'control_tokens'", "a list of strings")]
    [InlineData("template", "{\"preset\":\"chat-ml\"}", "'template.preset' is 'chat-ml'", "did you mean 'chatml'?")]
    [InlineData("template", "{\"preset\":\"chatml\",\"trim\":true}", "a preset stands alone")]
    [InlineData("template", "{\"roles\":{\"user\":{\"before\":\"\",\"after\":\"\"}}}", "'assistant'")]
    [InlineData("template", "{\"roles\":{\"assistant\":{\"befor\":\"\",\"after\":\"\"}}}", "'template.roles.assistant.befor'", "did you mean 'before'?")]
    [InlineData("inputs", "{\"ids\":\"ids\",\"mask\":\"attention_mask\"}", "'inputs.ids' is 'ids'", "'input_ids', 'attention_mask'")]
    [InlineData("inputs", "{\"ids\":\"input_ids\",\"mask\":\"mask\"}", "'inputs.mask' is 'mask'", "'input_ids', 'attention_mask'")]
    [InlineData("inputs", "{\"ids\":\"input_ids\"}", "input 'attention_mask'", "export the graph without it")]
    [InlineData("head", "{\"output\":\"reward\",\"labels\":[\"reward\"]}", "'head.output' is 'reward'", "its outputs are 'logits'")]
    [InlineData("head", "{\"output\":\"logits\",\"labels\":[\"good\",\"bad\"]}", "2 labels", "one logit")]
    [InlineData("head", "{\"output\":\"logits\",\"labels\":[]}", "0 labels", "one logit")]
    [InlineData("tokenizer", "{\"type\":\"wordpiece\",\"file\":\"tokenizer.model\",\"vocabulary\":900}", "'tokenizer.type' is 'wordpiece'", "only 'sentencepiece'")]
    [InlineData("tokenizer", "{\"type\":\"sentencepiece\",\"file\":\"tokenizer.model\",\"vocabulary\":901}", "901", "has 900 pieces")]
    [InlineData("range", "[1, 1]", "'range' is [1,1]", "the lower first")]
    [InlineData("range", "[0, 1, 2]", "'range' is [0,1,2]", "the lower first")]
    [InlineData("range", "[\"a\", 1]", "'range' is", "the lower first")]
    [InlineData("range", "7", "'range' is 7", "a list of two numbers")]
    [InlineData("max_tokens", "257", "cannot read 257 tokens", "'max_tokens'")]
    public async Task LoadAsync_ManifestFault_NamesItAndTheRemedy(string key, string value, params string[] expected)
    {
        using var fixture = FixtureModel.Create();
        fixture.Manifest[key] = JsonNode.Parse(value);
        await RefusesAsync(fixture, expected);
    }

    [Theory]
    [InlineData("float-input", "input 'input_ids' takes Float", "int64 or int32")]
    [InlineData("double-output", "output 'logits' gives Double", "must give float")]
    [InlineData("two-labels", "the shape [-1, 2]", "[batch, 1]")]
    [InlineData("two-labels-undeclared", "the shape [1, 2]", "[1, 1]")]
    [InlineData("flat-output", "the shape [-1]", "[batch, 1]")]
    [InlineData("extra-input", "input 'token_type_ids'", "export the graph without it")]
    [InlineData("small-embedding", "largest id, 899", "smaller than the vocabulary of 900")]
    [InlineData("external", "external data 'external.bin'", "copy it beside the graph")]
    public async Task LoadAsync_GraphFault_NamesItAndTheRemedy(string graph, params string[] expected)
    {
        using var fixture = FixtureModel.Create(graph);
        await RefusesAsync(fixture, expected);
    }

    [Theory]
    [InlineData("model.onnx", "'model.onnx' is no whole ONNX file", "export it again")]
    [InlineData("tokenizer.model", "'tokenizer.model' cannot be used", "Put the SentencePiece model there")]
    public async Task LoadAsync_FileCutOff_SaysSo(string file, params string[] expected)
    {
        using var fixture = FixtureModel.Create();
        var path = fixture.PathOf(file);
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken))[..^1500], TestContext.Current.CancellationToken);
        await RefusesAsync(fixture, expected);
    }

    [Theory]
    [InlineData("model.onnx", "'model.onnx' is no whole ONNX file")]
    [InlineData("tokenizer.model", "'tokenizer.model' cannot be used")]
    public async Task LoadAsync_FileOfSomethingElse_SaysSo(string file, string expected)
    {
        using var fixture = FixtureModel.Create();
        await File.WriteAllTextAsync(fixture.PathOf(file), "version https://git-lfs.github.com/spec/v1\n", TestContext.Current.CancellationToken);
        await RefusesAsync(fixture, expected);
    }

    [Fact]
    public async Task LoadAsync_WeightsCorrupt_GivesOnnxRuntimesWord()
    {
        using var fixture = FixtureModel.Create();
        var bytes = await File.ReadAllBytesAsync(fixture.PathOf("model.onnx"), TestContext.Current.CancellationToken);
        bytes.AsSpan(bytes.AsSpan().IndexOf("Gather"u8), 6).Fill((byte)'?');
        await File.WriteAllBytesAsync(fixture.PathOf("model.onnx"), bytes, TestContext.Current.CancellationToken);
        await RefusesAsync(fixture, "ONNX Runtime cannot load model.onnx on Cpu", "Export or copy the file again");
    }

    [Fact]
    public async Task LoadAsync_SeveralFaults_ListsThemAll()
    {
        using var fixture = FixtureModel.Create("float-input");
        fixture.Manifest["tokenizer"]!["vocabulary"] = 7;
        fixture.Manifest["bos"] = "<bos>";
        fixture.Manifest["head"]!["output"] = "score";
        var fault = await FaultAsync(fixture.Write(), new ModelDeployment(MaxTokens: 1000));
        Assert.Equal(6, fault.Problems.Count);
        AssertProblem(fault, "'tokenizer.vocabulary' is 7");
        AssertProblem(fault, "'bos' is '<bos>'");
        AssertProblem(fault, "'head.output' is 'score'");
        AssertProblem(fault, "input 'input_ids' takes Float");
        AssertProblem(fault, "input 'attention_mask' takes Float");
        AssertProblem(fault, "MaxTokens is 1000", "between 1 and the manifest's 'max_tokens', 256");
        Assert.All(fault.Problems, problem => Assert.StartsWith("Model 'fixture': ", problem, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda)]
    [InlineData(ExecutionProvider.TensorRt)]
    public async Task LoadAsync_ProviderNotInThisBuild_NamesThePropertyAndTheOption(ExecutionProvider provider)
    {
        Assert.SkipWhen(
            Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Contains("CUDAExecutionProvider"), "This build has the GPU packages.");
        using var fixture = FixtureModel.Create();
        var fault = await FaultAsync(fixture.Write(), options: new OnnxOptions { Provider = provider, Devices = [0, 1] });
        AssertProblem(fault, "-p:OnnxRuntime=Gpu", "Gateway:Onnx:Provider");
        Assert.Single(fault.Problems);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0, 0)]
    public async Task LoadAsync_DevicesWrong_ListsThemWithTheOtherProblems(params int[] devices)
    {
        using var fixture = FixtureModel.Create();
        fixture.Manifest["bos"] = "<bos>";
        var fault = await FaultAsync(fixture.Write(), options: new OnnxOptions { Provider = ExecutionProvider.Cuda, Devices = devices });
        Assert.Equal(2, fault.Problems.Count);
        AssertProblem(fault, $"Gateway:Onnx:Devices is [{string.Join(", ", devices)}]", "at least 0 and once");
        AssertProblem(fault, "'bos' is '<bos>'");
        await using var onCpu = await Models.LoadAsync(
            Path.Combine(Fixture.Repository, "models", "rm-mini"), options: new OnnxOptions { Devices = devices, Workers = 1 });
        Assert.NotEmpty(onCpu.Revision);
    }

    [Fact]
    public async Task LoadAsync_WrittenTemplate_ReadsAsThePresetDoes()
    {
        using var preset = FixtureModel.Create();
        using var written = FixtureModel.Create();
        written.Manifest["template"] = JsonNode.Parse("""
            { "roles": { "assistant": { "before": "<|im_start|>assistant\n", "after": "<|im_end|>\n", "last": null } },
              "other": { "before": "<|im_start|>{role}\n", "after": "<|im_end|>\n" }, "trim": false, "default_system": null, "stop_tokens": ["</s>"] }
            """);
        written.Manifest["control_tokens"] = JsonNode.Parse("[\"<unk>\"]");
        await using var expected = await preset.LoadAsync();
        await using var actual = await written.LoadAsync();
        var item = HardenedItems.Conversation("Which?", "This one, a thing.");
        Assert.Equal((await expected.ScoreAsync(item)).Score?.Value, (await actual.ScoreAsync(item)).Score?.Value);
    }

    [Fact]
    public async Task LoadAsync_NoTemplate_ScoresTextButNoConversation()
    {
        using var fixture = FixtureModel.Create();
        fixture.Manifest["template"] = null;
        await using var model = await fixture.LoadAsync();
        Assert.Null(model.Template);
        Assert.True((await model.ScoreAsync(HardenedItems.Templated("Which? This one."))).IsScore);
        Assert.Equal(ErrorKind.InvalidRequest, (await model.ScoreAsync(HardenedItems.Conversation("Which?", "This one."))).Failure?.Kind);
    }

    [Theory]
    [InlineData("good")]
    [InlineData("int32")]
    [InlineData("no-mask")]
    [InlineData("external")]
    public async Task LoadAsync_EveryKindOfGoodGraph_GivesTheSameScore(string graph)
    {
        using var good = FixtureModel.Create();
        using var fixture = FixtureModel.Create(graph);
        if (graph == "no-mask")
        {
            fixture.Manifest["inputs"]!.AsObject().Remove("mask");
        }

        if (graph == "external")
        {
            File.Copy(Path.Combine(Fixture.Folder, "graphs", "external.bin"), fixture.PathOf("external.bin"));
        }

        await using var expected = await good.LoadAsync();
        await using var actual = await fixture.LoadAsync();
        var item = HardenedItems.Conversation("Which?", "This one.");
        Assert.Equal((await expected.ScoreAsync(item)).Score?.Value, (await actual.ScoreAsync(item)).Score?.Value);
    }

    private static async Task RefusesAsync(FixtureModel fixture, params string[] expected) => AssertProblem(await FaultAsync(fixture.Write()), expected);

    private static Task<StartupException> FaultAsync(string folder, ModelDeployment? deployment = null, OnnxOptions? options = null) =>
        Assert.ThrowsAsync<StartupException>(() => Models.LoadAsync(folder, deployment, options));

    private static void AssertProblem(StartupException fault, params string[] parts) => Assert.True(
        fault.Problems.Any(problem => parts.All(part => problem.Contains(part, StringComparison.Ordinal))),
        $"No problem says {string.Join(" and ", parts)}:{Environment.NewLine}{fault.Message}");
}
