using System.Text.Json.Nodes;

namespace Gateway.Server.Tests;

/// <summary>The same conversation gets bit for bit the same score on every route, however its sender closes and opens the text.</summary>
public sealed class SameScoreTests(EmbeddedGateway embedded)
{
    [Theory]
    [InlineData("", "<|im_end|>\n")]
    [InlineData("", "<|im_end|>")]
    [InlineData("", "")]
    [InlineData("", "<|im_end|>\n</s>")]
    [InlineData("", "<|im_end|><|endoftext|>")]
    [InlineData("<s>", "<|im_end|>\n")]
    [InlineData("<s>", "<|im_end|>")]
    public async Task Post_TemplatedText_ScoresAsNativeMessages(string bos, string closing)
    {
        var native = await NativeAsync();
        var prompts = Golden.Plain.Select(golden => bos + golden.TemplatedPrompt).ToArray();
        // Without closing tokens, white space at the end of a response cannot be told from the template's.
        var chosen = Enumerable.Range(0, prompts.Length).Where(i => closing != "" || Golden.Plain[i].Response.TrimEnd() == Golden.Plain[i].Response).ToArray();
        var expected = chosen.Select(i => native[i]).ToArray();
        var texts = chosen.Select(i => prompts[i] + Golden.Plain[i].Response + closing).ToArray();

        Assert.Equal(expected, await NumbersAsync("/get_reward", new JsonObject { ["query"] = List(texts) }, "rewards"));
        Assert.Equal(expected, await NumbersAsync("/get_reward", new JsonObject { ["query"] = List(texts), ["prompts"] = List(chosen.Select(i => prompts[i])) }, "rewards"));
        var classes = await PostAsync("/classify", new JsonObject { ["model"] = "/some/path", ["input"] = List(texts), ["use_activation"] = false });
        Assert.Equal(expected, classes["data"]!.AsArray().Select(one => one!["probs"]![0]!.GetValue<double>()));
    }

    [Fact]
    public async Task Post_OneByOne_ScoresAsNativeMessages()
    {
        var native = await NativeAsync();
        for (var i = 0; i < Golden.Plain.Count; i++)
        {
            var golden = Golden.Plain[i];
            var turns = golden.Messages.DeepClone().AsArray();
            turns.Add(new JsonObject { ["role"] = "assistant", ["content"] = golden.Response });

            var vllm = await PostAsync("/classify", new JsonObject { ["messages"] = turns, ["activation"] = false });
            var slime = await PostAsync("/", new JsonObject { ["prompt"] = golden.Messages.DeepClone(), ["response"] = golden.Response });
            var slimeText = await PostAsync(
                "/slime/object", new JsonObject { ["prompt"] = golden.TemplatedPrompt, ["response"] = golden.Response + "<|im_end|>", ["label"] = null });

            double[] all = [vllm["data"]![0]!["probs"]![0]!.GetValue<double>(), slime.GetValue<double>(), slimeText["score"]!.GetValue<double>()];
            Assert.All(all, score => Assert.Equal(native[i], score));
        }
    }

    [Fact]
    public async Task Post_OneUserTurn_ScoresTheSameAsPromptAsMessagesAndAsPlainTextForSlime()
    {
        foreach (var golden in Golden.Plain.Where(golden => golden.Messages.Count == 1 && golden.Messages[0]!["content"]!.GetValue<string>() != ""))
        {
            var prompt = golden.Messages[0]!["content"]!.GetValue<string>();
            var messages = await PostAsync("/v1/score", new JsonObject { ["messages"] = golden.Messages.DeepClone(), ["response"] = golden.Response });
            var text = await PostAsync("/v1/score", new JsonObject { ["prompt"] = prompt, ["response"] = golden.Response });
            var slime = await PostAsync("/slime", new JsonObject { ["prompt"] = prompt, ["response"] = golden.Response });

            Assert.Equal(First(messages), First(text));
            Assert.Equal(First(messages), slime.GetValue<double>());
        }
    }

    private static double First(JsonNode reply) => reply["results"]![0]!["scores"]![0]!["score"]!.GetValue<double>();

    private static JsonArray List(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private async Task<double[]> NativeAsync()
    {
        var reply = await PostAsync("/v1/score", new JsonObject { ["items"] = new JsonArray([.. Golden.Plain.Select(golden => golden.Item)]) });
        return [.. reply["results"]!.AsArray().Select(item => item!["scores"]![0]!["score"]!.GetValue<double>())];
    }

    private async Task<double[]> NumbersAsync(string path, JsonObject body, string field) =>
        [.. (await PostAsync(path, body))[field]!.AsArray().Select(number => number!.GetValue<double>())];

    private async Task<JsonNode> PostAsync(string path, JsonObject body)
    {
        var (status, reply, _) = await embedded.Gateway.PostAsync(path, body.ToJsonString());
        Assert.True(status == 200, reply?.ToJsonString());
        return reply!;
    }
}
