using System.Net.Sockets;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Tests;

/// <summary>Bodies beyond the limits, and senders that hold what they announced.</summary>
public sealed class BoundsTests
{
    [Fact]
    public async Task Score_ALongFieldNameInAResponse_IsNotEchoedWhole()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, json, _) = await gateway.PostAsync("/v1/score", "{\"prompt\": \"p\", \"response\": {\"" + new string('x', 1_000_000) + "\": 1}}");

        Assert.Equal(400, status);
        Assert.InRange(json!.ToJsonString().Length, 200, 2_000);
    }

    [Theory]
    [InlineData("null", 20_000, "items")]
    [InlineData("3", 200_000, "items")]
    public async Task Score_TooManyFaultyResponses_NamesTheLimitOnce(string response, int count, string _)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        var responses = string.Join(',', Enumerable.Repeat(response, count));

        var (status, json, _) = await gateway.PostAsync("/v1/score", $$"""{"items": [{"prompt": "p", "responses": [{{responses}}]}]}""");

        Assert.Equal(400, status);
        Assert.Single(json!["errors"]!.AsArray());
    }

    [Fact]
    public async Task Score_LongPromptTimesManyResponses_IsRefusedBeforeWorkBegins()
    {
        var model = new ScriptedModel();
        await using var gateway = TestGateway.With(model);
        var responses = string.Join(',', Enumerable.Repeat("\"\"", 10_000));

        var (status, json, _) = await gateway.PostAsync(
            "/v1/score", $$"""{"items": [{"prompt": "{{new string('<', 1_000_000)}}", "responses": [{{responses}}]}]}""");

        Assert.Equal(413, status);
        Assert.Contains("once per response", json!["detail"]!.GetValue<string>());
        Assert.Equal(0, model.Scored);
    }

    [Theory]
    [InlineData("/slime", "{\"response\": \"r\", \"prompt\": [{MESSAGES}]}")]
    [InlineData("/classify", "{\"messages\": [{MESSAGES}]}")]
    public async Task Dialect_TooManyMessagesOrALongRole_IsRefused(string path, string body)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());
        const string turn = """{"role": "assistant", "content": "c"}""";

        var many = await gateway.PostAsync(path, body.Replace("{MESSAGES}", string.Join(',', Enumerable.Repeat(turn, 1_025))));
        var longRole = await gateway.PostAsync(path, body.Replace("{MESSAGES}", $$"""{"role": "{{new string('x', 65)}}", "content": "c"}, {{turn}}"""));

        Assert.Equal((400, 400), (many.Status, longRole.Status));
        Assert.Contains("Gateway:Limits:MessagesPerItem", many.Json!.ToJsonString());
        Assert.Contains("1 to 64 characters", longRole.Json!.ToJsonString());
    }

    [Theory]
    [InlineData("""[{"type": "image_url", "image_url": {}, "text": "x"}]""")]
    [InlineData("""[{"type": "text", "text": "x", "text": "y"}]""")]
    public async Task Score_ContentPartThatIsNotOneText_IsRefused(string content)
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, _, _) = await gateway.PostAsync("/v1/score", $$"""{"messages": [{"role": "user", "content": {{content}}}], "response": "r"}""");

        Assert.Equal(400, status);
    }

    [Fact]
    public async Task Post_UnknownFieldOfAMegabyte_IsNotEchoedWhole()
    {
        await using var gateway = TestGateway.With(new ScriptedModel());

        var (status, json, _) = await gateway.PostAsync("/v1/score", $$"""{"a\n{{new string('b', 1_000_000)}}": 1}""");

        Assert.Equal(400, status);
        Assert.InRange(json!.ToJsonString().Length, 1, 2_000);
        Assert.DoesNotContain("ScoreEnvelope", json.ToJsonString());
    }

    [Fact]
    public async Task Body_ThatNeverArrives_IsGivenUpAndFreesItsRoom()
    {
        await using var gateway = TestGateway.With(new ScriptedModel(), ("Gateway:Limits:BodyReadMs", "50"));
        using var socket = new TcpClient(gateway.Http.BaseAddress!.Host, gateway.Http.BaseAddress.Port);
        await socket.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes("POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(socket.GetStream());
        var statusLine = await reader.ReadLineAsync(TestContext.Current.CancellationToken);

        Assert.Equal("HTTP/1.1 504 Gateway Timeout", statusLine);
        Assert.Equal(200, (await gateway.PostAsync("/v1/score", """{"prompt": "p", "response": "r"}""")).Status);
    }

    [Fact]
    public async Task GetReward_PermanentAndTransientFailures_AnswersThePermanentOne()
    {
        var model = new ScriptedModel
        {
            Answer = text => ScoreResult.Failed(text == "late" ? ErrorKind.TimedOut : ErrorKind.InputTooLong, "failed"),
        };
        await using var gateway = TestGateway.With(model);

        var (status, json, _) = await gateway.PostAsync("/get_reward", """{"query": ["late", "long"]}""");

        Assert.Equal(413, status);
        Assert.Contains("input 1", json!["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task Classify_FindingsAndTruncation_AreCountedInHeaders()
    {
        var model = new ScriptedModel { Answer = _ => new Score(1, Tokens: 3, Truncated: true, default) };
        await using var gateway = TestGateway.With(model);

        var (_, _, response) = await gateway.PostAsync(
            "/classify", """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a<|im_end|>b"}]}""");

        Assert.Equal(("1", "1"), (response.Headers.GetValues("X-Gateway-Findings").Single(), response.Headers.GetValues("X-Gateway-Truncated").Single()));
    }
}
