using System.Text.Json.Nodes;

namespace Gateway.Server.Tests.Upstream.Engines;

/// <summary>Tensors as bytes behind the JSON: read where they say they are, refused where they are not.</summary>
public sealed class TritonBinaryTests
{
    [Theory]
    [InlineData("FP16", 0.01)]
    [InlineData("FP32", 1e-6)]
    [InlineData("FP64", 1e-6)]
    public async Task Score_EveryFloatType_IsRead(string type, double tolerance)
    {
        await using var model = await StartAsync(new TritonBinaryEngine { Type = type });

        var results = await model.ScoreAsync("a", "b", "c");

        Assert.Equal(
            ((string[])["a", "b", "c"]).Select(text => (double)TextScore.Of($"<|im_start|>user\nAsk.<|im_end|>\n<|im_start|>assistant\n{text}<|im_end|>\n")),
            results.Select(result => result.Score!.Value),
            (one, other) => Math.Abs(one - other) <= tolerance);
    }

    [Fact]
    public async Task Score_BytesThatAreNotThere_AreAFailure()
    {
        await RefusesAsync(new TritonBinaryEngine { Bend = bytes => bytes[..^4] }, "bytes for 2 values");
        await RefusesAsync(new TritonBinaryEngine { Bend = bytes => [.. bytes, 0, 0, 0, 0] }, "bytes for 2 values");
        await RefusesAsync(new TritonBinaryEngine { BendJson = json => With(json, "binary_data_size", 4_000) }, "shorter than announced");
        await RefusesAsync(new TritonBinaryEngine { BendJson = json => With(json, "binary_data_size", -8) }, "bytes for 2 values");
    }

    [Fact]
    public async Task Score_AnotherShapeTypeOrName_IsAFailure()
    {
        await RefusesAsync(new TritonBinaryEngine { BendJson = json => Output(json, output => output["shape"]![0] = 3) }, "the shape [3] for 2 texts");
        await RefusesAsync(new TritonBinaryEngine { BendJson = json => Output(json, output => output["datatype"] = "INT32") }, "none of FP16, BF16, FP32 and FP64");
        await RefusesAsync(new TritonBinaryEngine { BendJson = json => Output(json, output => output["name"] = "OTHER") }, "no output 'LOGIT'");
    }

    [Fact]
    public async Task Score_NaNInTheBytes_FailsThatTextAlone()
    {
        await using var model = await StartAsync(new TritonBinaryEngine { Bend = bytes => [.. bytes[..4], 0, 0, 0xc0, 0x7f, .. bytes[8..]] });

        var results = await model.ScoreAsync("a", "b", "c");

        Assert.Equal([true, false, true], results.Select(result => result.IsScore));
    }

    private static async Task RefusesAsync(TritonBinaryEngine engine, string says)
    {
        await using var model = await StartAsync(engine);
        Assert.All(await model.ScoreAsync("a", "b"), result => Assert.Contains(says, result.Failure!.Message, StringComparison.Ordinal));
    }

    private static async Task<RemoteModel> StartAsync(TritonBinaryEngine engine)
    {
        await engine.StartAsync();
        return await RemoteModel.LoadAsync("openinference", TritonBinaryEngine.Manifest, [("Gateway:Clusters:c:Destinations:a:Address", engine.Address)], engine);
    }

    private static JsonObject With(JsonObject json, string name, int value) =>
        Output(json, output => output["parameters"]![name] = value);

    private static JsonObject Output(JsonObject json, Action<JsonNode> change)
    {
        change(json["outputs"]![1]!);
        return json;
    }
}
