using System.Text.Json.Nodes;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Manifests of remote models: strict, every problem with its remedy at start-up, and all that changes a score in the revision.</summary>
public sealed class RemoteManifestTests
{
    private static readonly (string, string)[] Cluster = [("Gateway:Clusters:c:Destinations:a:Address", "http://127.0.0.1:9")];

    [Theory]
    [InlineData("vllm-classify", """{"revision": null}""", "'revision' is null", "a string")]
    [InlineData("vllm-classify", """{"revision": " "}""", "'revision' is empty", "an address does not tell")]
    [InlineData("vllm-classify", """{"revision": "vier ü"}""", "'revision' has 6 characters", "of ASCII")]
    [InlineData("vllm-classify", """{"cluster": "d"}""", "'cluster' is 'd'", "add Gateway:Clusters:d:Destinations", "did you mean 'c'?")]
    [InlineData("vllm-classify", """{"upstream": "x"}""", "unknown key 'upstream'", "'upstream_model'")]
    [InlineData("vllm-classify", """{"form": "pair"}""", "'form' is 'pair'", "'text', 'messages'")]
    [InlineData("vllm-classify", """{"template": {"preset": "chat-ml"}}""", "'template.preset' is 'chat-ml'", "did you mean 'chatml'?")]
    [InlineData("vllm-classify", """{"max_tokens": 0}""", "'max_tokens' is 0", "at least 1")]
    [InlineData("vllm-classify", """{"batch": 5000}""", "'batch' is 5000", "at most 4096")]
    [InlineData("vllm-classify", """{"labels": ["bad", "good"]}""", "'label' is missing", "say which")]
    [InlineData("vllm-classify", """{"labels": ["bad", "good"], "label": "god"}""", "'label' is 'god'", "did you mean 'good'?")]
    [InlineData("vllm-classify", """{"labels": ["a", "a"], "label": "a"}""", "'labels' names one label twice")]
    [InlineData("vllm-classify", """{"pooling": "steps"}""", "unknown key 'pooling'")]
    [InlineData("vllm-classify", """{"control_tokens": ["a b"]}""", "'control_tokens' is 'a b'", "no white space")]
    [InlineData("vllm-classify", """{"bos": "x"}""", "'bos' is 'x'", "two characters")]
    [InlineData("vllm-classify", """{"unit_interval": 1}""", "'unit_interval' is 1", "true or false")]
    [InlineData("vllm-classify", """{"range": [5, -5]}""", "'range' is [5", "the lower first")]
    [InlineData("vllm-pooling", """{"pooling": "steps"}""", "'steps' is missing")]
    [InlineData("vllm-pooling", """{"steps": {"tag": "<extra_0>", "reduction": "min"}}""", "'pooling' is not 'steps'")]
    [InlineData("vllm-pooling", """{"pooling": "steps", "steps": {"tag": "<extra_0>"}}""", "'steps.reduction' is missing", "'product'")]
    [InlineData("vllm-pooling", """{"pooling": "steps", "steps": {"tag": "<extra_0>", "reduction": "max"}}""", "'steps.reduction' is 'max'")]
    [InlineData("vllm-pooling", """{"pooling": "steps", "steps": {"reduction": "min"}}""", "'steps.tag' is missing")]
    [InlineData("vllm-pooling", """{"pooling": "steps", "steps": {"tag": "<extra_0>", "reduction": "min", "separator": ""}}""", "'steps.separator' is empty")]
    [InlineData("vllm-score", """{"bos": "<s>"}""", "'bos' and 'eos' belong to one text")]
    [InlineData("tei-predict", """{"upstream_model": "x"}""", "unknown key 'upstream_model'")]
    [InlineData("openrlhf", "{}", "'max_bytes' is missing")]
    [InlineData("sglang-classify", "{}", "'max_tokens' is missing", "--context-length")]
    [InlineData("sglang-embeddings", "{}", "'max_tokens' is missing", "--context-length")]
    [InlineData("openrlhf", """{"max_bytes": 9, "max_tokens": 9}""", "unknown key 'max_tokens'", "'max_bytes'")]
    [InlineData("openinference", """{"upstream_model": "m"}""", "'tensors' is missing")]
    [InlineData("openinference", """{"tensors": {"input": "I", "output": "O"}}""", "'upstream_model' is missing", "part of the path")]
    [InlineData("openinference", """{"upstream_model": "m", "tensors": {"input": "I", "output": "O", "shape": "[1]"}}""", "'tensors.shape' is '[1]'", "did you mean '[n]'?")]
    public async Task Load_AFault_NamesItAndTheRemedy(string kind, string keys, params string[] says)
    {
        var fault = await FaultAsync(kind, keys);

        Assert.Contains(fault.Problems, problem => says.All(part => problem.Contains(part, StringComparison.Ordinal)));
        Assert.All(fault.Problems, problem => Assert.StartsWith("Model 'remote': ", problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Load_SeveralFaults_ListsThemAll()
    {
        var fault = await FaultAsync("vllm-classify", """{"revision": "", "max_tokens": 1.5, "tokens": 1, "form": "x"}""");

        Assert.Equal(4, fault.Problems.Count);
    }

    [Fact]
    public async Task Load_AClusterOfAnotherEngine_IsRefused()
    {
        var fault = await Assert.ThrowsAsync<StartupException>(() =>
            RemoteModel.LoadAsync("vllm-classify", "{}", [.. Cluster, ("Gateway:Clusters:c:Engine", "Tei")]));

        Assert.Contains("speaks to Vllm, but Gateway:Clusters:c:Engine is Tei", Assert.Single(fault.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vllm-classify", "{}", Truncation.Head, null, "Truncation is Head")]
    [InlineData("vllm-classify", """{"max_tokens": 10}""", Truncation.Error, 11, "MaxTokens is 11")]
    [InlineData("openrlhf", """{"max_bytes": 10}""", Truncation.Error, 11, "count no tokens")]
    public async Task Load_ADeploymentThatCannotBe_IsRefused(string kind, string keys, Truncation truncation, int? maxTokens, string says)
    {
        var fault = await Assert.ThrowsAsync<StartupException>(() =>
            RemoteModel.LoadAsync(kind, keys, Cluster, deployment: new ModelDeployment(truncation, MaxTokens: maxTokens)));

        Assert.Contains(says, Assert.Single(fault.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ADeploymentsLowerLimit_Holds()
    {
        await using var model = await RemoteModel.LoadAsync("vllm-classify", """{"max_tokens": 10}""", Cluster, deployment: new ModelDeployment(MaxTokens: 7));

        Assert.Equal(7, model.MaxTokens);
    }

    [Fact]
    public async Task Revision_WhatCanChangeAScore_ChangesIt()
    {
        const string Base = """{"upstream_model": "m", "max_tokens": 100}""";
        string[] others =
        [
            """{"revision": "r2"}""", """{"upstream_model": "n"}""", """{"template": {"preset": "llama3"}}""", """{"bos": "<s>"}""", """{"eos": "</s>"}""",
            """{"control_tokens": ["<x>"]}""", """{"form": "messages"}""", """{"labels": ["good", "bad"], "label": "good"}""", """{"labels": ["good", "bad"], "label": "bad"}""",
            """{"unit_interval": true}""", """{"max_tokens": 99}""",
        ];
        var revisions = new List<string> { await RevisionAsync("vllm-classify", Base), await RevisionAsync("vllm-pooling", Base) };
        foreach (var other in others)
        {
            revisions.Add(await RevisionAsync("vllm-classify", Merge(Base, other)));
        }

        foreach (var reduction in (string[])["min", "last", "mean", "product"])
        {
            revisions.Add(await RevisionAsync("vllm-pooling", Merge(Base, """{"pooling": "steps", "steps": {"tag": "<extra_0>", "reduction": "REDUCTION"}}""".Replace("REDUCTION", reduction, StringComparison.Ordinal))));
        }

        await using var stripped = await RemoteModel.LoadAsync("vllm-classify", Base, Cluster, deployment: new ModelDeployment(Reasoning: Reasoning.Strip));
        revisions.Add(stripped.Revision);

        Assert.Equal(revisions.Count, revisions.Distinct().Count());
        Assert.All(revisions, revision => Assert.StartsWith(revision[..2] == "r2" ? "r2-" : "r1-", revision, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"description": "other words"}""")]
    [InlineData("""{"licence": "other words"}""")]
    [InlineData("""{"batch": 7}""")]
    [InlineData("""{"cluster": "e"}""")]
    public async Task Revision_WhatCannotChangeAScore_DoesNotChangeIt(string other) =>
        Assert.Equal(await RevisionAsync("vllm-classify", "{}"), await RevisionAsync("vllm-classify", other));

    private static string Merge(string one, string other)
    {
        var merged = JsonNode.Parse(one)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(other)!.AsObject())
        {
            merged[key] = value?.DeepClone();
        }

        return merged.ToJsonString();
    }

    private static async Task<string> RevisionAsync(string kind, string keys)
    {
        await using var model = await RemoteModel.LoadAsync(kind, keys, [.. Cluster, ("Gateway:Clusters:e:Destinations:a:Address", "http://127.0.0.1:9")]);
        return model.Revision;
    }

    private static Task<StartupException> FaultAsync(string kind, string keys) =>
        Assert.ThrowsAsync<StartupException>(() => RemoteModel.LoadAsync(kind, keys, Cluster));
}
