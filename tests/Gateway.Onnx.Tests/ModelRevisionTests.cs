using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Gateway.Core.Scoring;
using Gateway.Onnx.Manifest;

namespace Gateway.Onnx.Tests;

public sealed class ModelRevisionTests : IDisposable
{
    private readonly FixtureModel _fixture = FixtureModel.Create();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task Revision_SameFolder_IsTheSame()
    {
        var first = await RevisionAsync();
        Assert.Equal(32, first.Length);
        Assert.Equal(first, await RevisionAsync());
        using var copy = FixtureModel.Create();
        Assert.Equal(first, await RevisionAsync(copy));
    }

    [Theory]
    [InlineData("description", "\"other words\"")]
    [InlineData("licence", "null")]
    [InlineData("eos", "null")]
    public async Task Revision_WhatPeopleReadChanges_IsTheSame(string key, string value)
    {
        var before = await RevisionAsync();
        _fixture.Manifest.Remove(key);
        _fixture.Manifest[key] = JsonNode.Parse(value);
        Assert.Equal(before, await RevisionAsync());
    }

    [Theory]
    [InlineData("bos", "null")]
    [InlineData("eos", "\"</s>\"")]
    [InlineData("max_tokens", "100")]
    [InlineData("template", "{\"preset\":\"llama3\"}")]
    [InlineData("control_tokens", "[\"a\"]")]
    public async Task Revision_WhatChangesScoresChanges_IsAnother(string key, string value)
    {
        var before = await RevisionAsync();
        _fixture.Manifest[key] = JsonNode.Parse(value);
        Assert.NotEqual(before, await RevisionAsync());
    }

    [Fact]
    public async Task Revision_DeploymentOrFilesChange_IsAnother()
    {
        var revisions = new HashSet<string>
        {
            await RevisionAsync(),
            await RevisionAsync(deployment: new ModelDeployment(Truncation.Head)),
            await RevisionAsync(deployment: new ModelDeployment(Reasoning: Reasoning.Strip)),
            await RevisionAsync(deployment: new ModelDeployment(MaxTokens: 100)),
        };
        File.Copy(Path.Combine(Fixture.Folder, "graphs", "int32.onnx"), _fixture.PathOf("model.onnx"), overwrite: true);
        revisions.Add(await RevisionAsync());
        File.Copy(Path.Combine(Fixture.Folder, "tokenizers", "bpe-crossing.model"), _fixture.PathOf("tokenizer.model"), overwrite: true);
        revisions.Add(await RevisionAsync());
        Assert.Equal(6, revisions.Count);
    }

    [Fact]
    public async Task Revision_ExternalDataChanges_IsAnother()
    {
        using var external = FixtureModel.Create("external");
        var data = await File.ReadAllBytesAsync(Path.Combine(Fixture.Folder, "graphs", "external.bin"), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(external.PathOf("external.bin"), data, TestContext.Current.CancellationToken);
        var before = await RevisionAsync(external);
        data[^1] ^= 1;
        await File.WriteAllBytesAsync(external.PathOf("external.bin"), data, TestContext.Current.CancellationToken);
        Assert.NotEqual(before, await RevisionAsync(external));
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(-1, 1, false)]
    [InlineData(0, 0, false)]
    [InlineData(2000, 1, false)]
    public void Options_OutOfRange_AreFound(int workers, int queueItems, bool valid)
    {
        var options = new OnnxOptions { Workers = workers, QueueItems = queueItems };
        Assert.Equal(valid, Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Fact]
    public void Options_NoDevices_AreFound()
    {
        var options = new OnnxOptions { Devices = [] };
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), null, validateAllProperties: true));
    }

    [Theory]
    [InlineData(ExecutionProvider.Cuda, null, false, 0)]
    [InlineData(ExecutionProvider.Cuda, new[] { 1 }, false, 1)]
    [InlineData(ExecutionProvider.TensorRt, new[] { 3, 1 }, false, 3, 1)]
    [InlineData(ExecutionProvider.Cpu, new[] { -1, -1 }, false, 0)]
    [InlineData(ExecutionProvider.Cuda, new[] { 0, -1 }, true, 0, -1)]
    [InlineData(ExecutionProvider.TensorRt, new[] { 1, 0, 1 }, true, 1, 0, 1)]
    [InlineData(ExecutionProvider.Cuda, new int[0], true)]
    public void Options_Devices_AreResolvedAndChecked(ExecutionProvider provider, int[]? devices, bool refused, params int[] expected)
    {
        // Configuration appends to a list that is there already, so the default must be none.
        Assert.Null(new OnnxOptions().Devices);
        var options = new OnnxOptions { Provider = provider, Devices = devices };
        Assert.Equal(expected, options.DeviceNumbers);
        Assert.Equal(refused, options.DevicesProblem?.Contains($"Gateway:Onnx:Devices is [{string.Join(", ", expected)}]", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Of_FileCannotBeRead_IsAProblem()
    {
        var problems = new List<string>();
        var folder = ModelFolder.Read(_fixture.Write(), problems)!;
        Assert.NotNull(ModelRevision.Of(folder, new ModelDeployment(), ExecutionProvider.Cpu, problems));
        File.Delete(_fixture.PathOf("tokenizer.model"));
        Assert.Null(ModelRevision.Of(folder, new ModelDeployment(), ExecutionProvider.Cpu, problems));
        Assert.Contains("'tokenizer.model' cannot be read", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_ModelIsReady_SaysWhatItIs()
    {
        await using var model = await _fixture.LoadAsync();
        Assert.Equal("fixture", model.Name);
        Assert.Equal(256, model.MaxTokens);
        Assert.Equal(Granularity.Pointwise, model.Granularity);
        Assert.Same(ChatTemplatePresets.Find("chatml"), model.Template);
    }

    private async Task<string> RevisionAsync(FixtureModel? fixture = null, ModelDeployment? deployment = null)
    {
        await using var model = await (fixture ?? _fixture).LoadAsync(deployment, new OnnxOptions { Workers = 1 });
        return model.Revision;
    }
}
